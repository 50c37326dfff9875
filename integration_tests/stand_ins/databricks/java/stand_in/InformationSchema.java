package stand_in;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.catalog.CatalogTable;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalog;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.connector.catalog.CatalogV2Util;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.apache.spark.unsafe.types.UTF8String;
import scala.jdk.javaapi.CollectionConverters;

/** What Unity Catalog says of its tables and views. It knows no tags, masks, filters and constraints: those are empty. */
final class InformationSchema implements Table, SupportsRead {
    private static final String CATALOG = "spark_catalog";
    private static final Map<String, String> TABLES = Map.of(
        "tables",
        "table_catalog string, table_schema string, table_name string, table_type string, data_source_format string,"
            + " table_owner string, comment string, last_altered timestamp",
        "columns",
        "table_catalog string, table_schema string, table_name string, column_name string, ordinal_position int,"
            + " full_data_type string, data_type string, comment string, is_nullable string",
        "views",
        "table_catalog string, table_schema string, table_name string, view_definition string",
        "table_tags",
        "catalog_name string, schema_name string, table_name string, tag_name string, tag_value string",
        "column_tags",
        "catalog_name string, schema_name string, table_name string, column_name string, tag_name string, tag_value string",
        "column_masks",
        "table_catalog string, table_schema string, table_name string, column_name string, mask_name string, using_columns string",
        "row_filters",
        "table_catalog string, table_schema string, table_name string, filter_name string, target_columns string",
        "table_constraints",
        "table_catalog string, table_schema string, table_name string, constraint_name string, constraint_type string",
        "key_column_usage",
        "constraint_catalog string, constraint_schema string, constraint_name string, table_catalog string,"
            + " table_schema string, table_name string, column_name string, ordinal_position int",
        "referential_constraints",
        "constraint_catalog string, constraint_schema string, constraint_name string, unique_constraint_catalog string,"
            + " unique_constraint_schema string, unique_constraint_name string"
    );

    private final String table;
    private final StructType schema;

    private InformationSchema(String table) {
        this.table = table;
        this.schema = StructType.fromDDL(TABLES.get(table));
    }

    static Table find(Identifier identifier) {
        String name = identifier.name().toLowerCase(Locale.ROOT);
        boolean here = identifier.namespace().length == 1 && identifier.namespace()[0].equalsIgnoreCase("information_schema");
        return here && TABLES.containsKey(name) ? new InformationSchema(name) : null;
    }

    @Override
    public String name() {
        return CATALOG + ".information_schema." + table;
    }

    @Override
    public Column[] columns() {
        return CatalogV2Util.structTypeToV2Columns(schema);
    }

    @Override
    public Set<TableCapability> capabilities() {
        return EnumSet.of(TableCapability.BATCH_READ);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
        List<InternalRow> rows = new ArrayList<>();
        switch (table) {
            case "tables" -> {
                for (LocalTable found : Tables.ALL.all()) {
                    rows.add(row(CATALOG, schemaOf(found), found.identifier.name(), "MANAGED", "DELTA", "owner", found.properties().get("comment"), null));
                }
                forEachView(view -> rows.add(row(CATALOG, schemaOf(view), view.identifier().table(), "VIEW", null, "owner", comment(view), null)));
            }
            case "columns" -> {
                for (LocalTable found : Tables.ALL.all()) addColumns(rows, schemaOf(found), found.identifier.name(), found.schema);
                forEachView(view -> addColumns(rows, schemaOf(view), view.identifier().table(), view.schema()));
            }
            case "views" -> forEachView(
                view -> rows.add(row(CATALOG, schemaOf(view), view.identifier().table(), view.viewText().getOrElse(() -> null)))
            );
            default -> {}
        }
        return SnapshotScan.builder(schema, new Snapshot(rows));
    }

    private static void addColumns(List<InternalRow> rows, String schema, String name, StructType columns) {
        int position = 0;
        for (StructField field : columns.fields()) {
            String type = field.dataType().simpleString();
            String nullable = field.nullable() ? "YES" : "NO";
            String comment = field.getComment().getOrElse(() -> null);
            rows.add(row(CATALOG, schema, name, field.name(), position++, type, type.toUpperCase(Locale.ROOT), comment, nullable));
        }
    }

    private static void forEachView(Consumer<CatalogTable> consumer) {
        ExternalCatalog catalog = SparkSession.active().sharedState().externalCatalog();
        for (String database : CollectionConverters.asJava(catalog.listDatabases())) {
            for (String name : CollectionConverters.asJava(catalog.listTables(database))) consumer.accept(catalog.getTable(database, name));
        }
    }

    private static String schemaOf(LocalTable table) {
        return String.join(".", table.identifier.namespace());
    }

    private static String schemaOf(CatalogTable view) {
        return view.identifier().database().get();
    }

    private static String comment(CatalogTable view) {
        return view.comment().getOrElse(() -> null);
    }

    private static InternalRow row(Object... values) {
        for (int k = 0; k < values.length; k++) if (values[k] instanceof String text) values[k] = UTF8String.fromString(text);
        return new GenericInternalRow(values);
    }
}
