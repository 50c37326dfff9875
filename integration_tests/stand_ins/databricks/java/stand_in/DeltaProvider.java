package stand_in;

import java.util.Map;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** Lets `using delta` resolve to a provider that Spark leaves to the catalog. */
public final class DeltaProvider implements TableProvider, DataSourceRegister {
    @Override
    public String shortName() {
        return "delta";
    }

    @Override
    public StructType inferSchema(CaseInsensitiveStringMap options) {
        throw new UnsupportedOperationException("the stand-in has no tables by path");
    }

    @Override
    public Table getTable(StructType schema, Transform[] partitions, Map<String, String> properties) {
        throw new UnsupportedOperationException("the stand-in has no tables by path");
    }
}
