package stand_in;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.CatalogV2Util;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.MetadataColumn;
import org.apache.spark.sql.connector.catalog.StagedTable;
import org.apache.spark.sql.connector.catalog.SupportsMetadataColumns;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.SupportsRowLevelOperations;
import org.apache.spark.sql.connector.catalog.SupportsWrite;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TruncatableTable;
import org.apache.spark.sql.connector.expressions.Expressions;
import org.apache.spark.sql.connector.expressions.NamedReference;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.connector.write.RowLevelOperation;
import org.apache.spark.sql.connector.write.RowLevelOperationBuilder;
import org.apache.spark.sql.connector.write.RowLevelOperationInfo;
import org.apache.spark.sql.connector.write.SupportsTruncate;
import org.apache.spark.sql.connector.write.Write;
import org.apache.spark.sql.connector.write.WriteBuilder;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** A table in memory, whose MERGE, UPDATE and DELETE Spark plans and runs by itself. */
final class LocalTable
    implements StagedTable, SupportsRead, SupportsWrite, SupportsRowLevelOperations, TruncatableTable, SupportsMetadataColumns {
    final Identifier identifier;
    final StructType schema;
    private final Transform[] partitions;
    private final Map<String, String> properties;
    private final Tables tables;
    private List<InternalRow> rows;
    private volatile boolean inCatalog;

    LocalTable(
        Tables tables, Identifier identifier, StructType schema, Transform[] partitions, Map<String, String> properties, List<InternalRow> rows
    ) {
        this.tables = tables;
        this.identifier = identifier;
        this.schema = schema;
        this.partitions = partitions == null ? new Transform[0] : partitions;
        this.properties = properties;
        this.rows = rows;
    }

    synchronized List<InternalRow> rows() {
        return rows;
    }

    @Override
    public String name() {
        return "spark_catalog." + String.join(".", identifier.namespace()) + "." + identifier.name();
    }

    @Override
    public Column[] columns() {
        return CatalogV2Util.structTypeToV2Columns(schema);
    }

    @Override
    public Transform[] partitioning() {
        return partitions;
    }

    @Override
    public Map<String, String> properties() {
        return properties;
    }

    @Override
    public Set<TableCapability> capabilities() {
        return EnumSet.of(TableCapability.BATCH_READ, TableCapability.BATCH_WRITE, TableCapability.TRUNCATE);
    }

    @Override
    public MetadataColumn[] metadataColumns() {
        return new MetadataColumn[] {
            new MetadataColumn() {
                @Override
                public String name() {
                    return SnapshotScan.MARKER;
                }

                @Override
                public DataType dataType() {
                    return DataTypes.IntegerType;
                }
            }
        };
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
        return SnapshotScan.builder(schema, new Snapshot(rows()));
    }

    @Override
    public WriteBuilder newWriteBuilder(LogicalWriteInfo info) {
        return new Builder(info.schema());
    }

    @Override
    public synchronized boolean truncateTable() {
        rows = List.of();
        return true;
    }

    @Override
    public RowLevelOperationBuilder newRowLevelOperationBuilder(RowLevelOperationInfo info) {
        return () -> new Replacement(info.command());
    }

    @Override
    public void commitStagedChanges() {
        tables.put(this);
    }

    @Override
    public void abortStagedChanges() {}

    private synchronized void append(List<InternalRow> added) {
        refuseIfReplaced();
        List<InternalRow> all = new ArrayList<>(rows);
        all.addAll(added);
        rows = all;
    }

    private synchronized void overwrite(List<InternalRow> written) {
        refuseIfReplaced();
        rows = written;
    }

    /**
     * What others wrote since this statement read the table is kept, as Delta keeps it by row (WriteSerializable, with
     * deletion vectors); a row that both of them changed is a conflict.
     */
    private synchronized void replace(List<InternalRow> read, List<InternalRow> written) {
        if (rows == read) {
            overwrite(written);
            return;
        }
        List<InternalRow> removed = difference(read, written);
        List<InternalRow> remaining = difference(rows, removed);
        if (remaining.size() != rows.size() - removed.size()) {
            throw new IllegalStateException("[DELTA_CONCURRENT_DELETE_READ] another statement changed rows of " + name() + " that this one changes");
        }
        remaining.addAll(difference(written, read));
        overwrite(remaining);
    }

    private static List<InternalRow> difference(List<InternalRow> from, List<InternalRow> without) {
        Map<InternalRow, Integer> counts = new HashMap<>();
        for (InternalRow row : without) counts.merge(row, 1, Integer::sum);
        List<InternalRow> left = new ArrayList<>();
        for (InternalRow row : from) {
            // The last one of a kind takes its count out of the map.
            if (counts.containsKey(row)) counts.computeIfPresent(row, (key, count) -> count == 1 ? null : count - 1);
            else left.add(row);
        }
        return left;
    }

    void enterCatalog() {
        inCatalog = true;
    }

    private void refuseIfReplaced() {
        if (!inCatalog || tables.find(identifier) == this) return;
        throw new IllegalStateException("[DELTA_METADATA_CHANGED] " + name() + " was changed while this statement wrote to it");
    }

    private final class Builder implements WriteBuilder, SupportsTruncate {
        private final StructType written;
        private boolean truncated;

        Builder(StructType written) {
            this.written = written;
        }

        @Override
        public WriteBuilder truncate() {
            truncated = true;
            return this;
        }

        @Override
        public Write build() {
            return new RowsWrite(written, truncated ? LocalTable.this::overwrite : LocalTable.this::append);
        }
    }

    /** A row-level statement, by copy on write: Spark reads all rows and gives back all that remain. */
    private final class Replacement implements RowLevelOperation {
        private final Command command;
        private List<InternalRow> read;

        Replacement(Command command) {
            this.command = command;
        }

        @Override
        public Command command() {
            return command;
        }

        @Override
        public NamedReference[] requiredMetadataAttributes() {
            return new NamedReference[] {Expressions.column(SnapshotScan.MARKER)};
        }

        @Override
        public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
            read = rows();
            return SnapshotScan.builder(schema, new Snapshot(read));
        }

        @Override
        public WriteBuilder newWriteBuilder(LogicalWriteInfo info) {
            return new WriteBuilder() {
                @Override
                public Write build() {
                    return new RowsWrite(info.schema(), written -> replace(read, written));
                }
            };
        }
    }
}
