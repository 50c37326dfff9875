package stand_in;

import java.util.Map;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.catalog.TableChange;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** The catalog `system`, of which dbt reads the information schema. */
public final class SystemCatalog implements TableCatalog {
    @Override
    public void initialize(String name, CaseInsensitiveStringMap options) {}

    @Override
    public String name() {
        return "system";
    }

    @Override
    public Identifier[] listTables(String[] namespace) {
        return new Identifier[0];
    }

    @Override
    public Table loadTable(Identifier identifier) throws NoSuchTableException {
        Table found = InformationSchema.find(identifier);
        if (found == null) throw new NoSuchTableException(identifier);
        return found;
    }

    @Override
    public Table alterTable(Identifier identifier, TableChange... changes) {
        throw new UnsupportedOperationException("the catalog system is read-only");
    }

    @Override
    public boolean dropTable(Identifier identifier) {
        throw new UnsupportedOperationException("the catalog system is read-only");
    }

    @Override
    public void renameTable(Identifier from, Identifier to) {
        throw new UnsupportedOperationException("the catalog system is read-only");
    }
}
