package stand_in;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.analysis.NonEmptyNamespaceException;
import org.apache.spark.sql.catalyst.analysis.TableAlreadyExistsException;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.connector.catalog.CatalogV2Util;
import org.apache.spark.sql.connector.catalog.DelegatingCatalogExtension;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.StagedTable;
import org.apache.spark.sql.connector.catalog.StagingTableCatalog;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableChange;
import org.apache.spark.sql.connector.catalog.TableInfo;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** Spark's own catalog with tables in memory; a table that a statement makes is there when the statement ends, as in Delta. */
public final class LocalCatalog extends DelegatingCatalogExtension implements StagingTableCatalog {
    private final Tables tables = Tables.ALL;

    @Override
    public Identifier[] listTables(String[] namespace) throws NoSuchNamespaceException {
        List<Identifier> found = new ArrayList<>(Arrays.asList(super.listTables(namespace)));
        for (LocalTable table : tables.in(namespace)) found.add(table.identifier);
        return found.toArray(new Identifier[0]);
    }

    @Override
    public Table loadTable(Identifier identifier) throws NoSuchTableException {
        Table schema = InformationSchema.find(identifier);
        if (schema != null) return schema;
        LocalTable table = tables.find(identifier);
        return table != null ? table : super.loadTable(identifier);
    }

    @Override
    public boolean tableExists(Identifier identifier) {
        return tables.find(identifier) != null || super.tableExists(identifier);
    }

    @Override
    public Table createTable(Identifier identifier, TableInfo info) throws TableAlreadyExistsException, NoSuchNamespaceException {
        LocalTable table = make(identifier, info);
        if (tableExists(identifier)) throw new TableAlreadyExistsException(identifier);
        tables.put(table);
        return table;
    }

    @Override
    public StagedTable stageCreate(Identifier identifier, TableInfo info)
        throws TableAlreadyExistsException, NoSuchNamespaceException {
        if (tableExists(identifier)) throw new TableAlreadyExistsException(identifier);
        return make(identifier, info);
    }

    @Override
    public StagedTable stageReplace(Identifier identifier, TableInfo info)
        throws NoSuchNamespaceException, NoSuchTableException {
        if (tables.find(identifier) == null) throw new NoSuchTableException(identifier);
        return make(identifier, info);
    }

    @Override
    public StagedTable stageCreateOrReplace(Identifier identifier, TableInfo info) throws NoSuchNamespaceException {
        return make(identifier, info);
    }

    private LocalTable make(Identifier identifier, TableInfo info) throws NoSuchNamespaceException {
        Map<String, String> properties = new HashMap<>(info.properties());
        String provider = properties.computeIfAbsent("provider", key -> "delta");
        if (!provider.equalsIgnoreCase("delta")) throw new UnsupportedOperationException("the stand-in has no tables of " + provider);
        if (!namespaceExists(identifier.namespace())) throw new NoSuchNamespaceException(identifier.namespace());
        StructType schema = CatalogV2Util.v2ColumnsToStructType(info.columns());
        return new LocalTable(tables, identifier, schema, info.partitions(), properties, List.of());
    }

    @Override
    public Table alterTable(Identifier identifier, TableChange... changes) throws NoSuchTableException {
        LocalTable table = tables.find(identifier);
        if (table == null) return super.alterTable(identifier, changes);
        var all = CollectionConverters.asScala(Arrays.asList(changes)).toSeq();
        StructType schema = CatalogV2Util.applySchemaChanges(table.schema, all, Option.apply("delta"), "ALTER TABLE");
        Map<String, String> properties = new HashMap<>(CatalogV2Util.applyPropertiesChanges(table.properties(), all));
        Map<String, String> formerNames = new HashMap<>();
        for (TableChange change : changes) {
            if (change instanceof TableChange.RenameColumn renamed) formerNames.put(renamed.newName(), renamed.fieldNames()[0]);
        }
        List<InternalRow> rows = rearranged(table, schema, formerNames);
        LocalTable altered = new LocalTable(tables, table.identifier, schema, table.partitioning(), properties, rows);
        tables.put(altered);
        return altered;
    }

    private static List<InternalRow> rearranged(LocalTable table, StructType schema, Map<String, String> formerNames) {
        List<String> before = Arrays.asList(table.schema.fieldNames());
        String[] after = schema.fieldNames();
        if (before.equals(Arrays.asList(after))) return table.rows();
        List<InternalRow> rows = new ArrayList<>();
        for (InternalRow row : table.rows()) {
            Object[] values = new Object[after.length];
            for (int k = 0; k < after.length; k++) {
                int source = before.indexOf(formerNames.getOrDefault(after[k], after[k]));
                boolean isNull = source < 0 || row.isNullAt(source);
                values[k] = isNull ? null : row.get(source, table.schema.fields()[source].dataType());
            }
            rows.add(new GenericInternalRow(values));
        }
        return rows;
    }

    @Override
    public boolean dropTable(Identifier identifier) {
        return tables.remove(identifier) || super.dropTable(identifier);
    }

    @Override
    public boolean purgeTable(Identifier identifier) {
        return dropTable(identifier);
    }

    @Override
    public void renameTable(Identifier from, Identifier given) throws NoSuchTableException, TableAlreadyExistsException {
        Identifier to = withoutCatalog(given);
        LocalTable table = tables.find(from);
        if (table == null) {
            super.renameTable(from, to);
            return;
        }
        if (tableExists(to)) throw new TableAlreadyExistsException(to);
        tables.remove(from);
        tables.put(new LocalTable(tables, to, table.schema, table.partitioning(), table.properties(), table.rows()));
    }

    /** Spark takes the new name's catalog for a part of its namespace. */
    private Identifier withoutCatalog(Identifier identifier) {
        String[] namespace = identifier.namespace();
        if (namespace.length < 2 || !namespace[0].equals(name())) return identifier;
        return Identifier.of(Arrays.copyOfRange(namespace, 1, namespace.length), identifier.name());
    }

    @Override
    public boolean dropNamespace(String[] namespace, boolean cascade) throws NoSuchNamespaceException, NonEmptyNamespaceException {
        List<LocalTable> within = tables.in(namespace);
        if (!within.isEmpty() && !cascade) throw new NonEmptyNamespaceException(namespace);
        boolean dropped = super.dropNamespace(namespace, cascade);
        for (LocalTable table : within) tables.remove(table.identifier);
        return dropped;
    }
}
