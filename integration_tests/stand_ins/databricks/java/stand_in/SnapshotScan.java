package stand_in;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Reads a snapshot in one partition, so that a statement calls a model from one worker. */
final class SnapshotScan implements Scan, Batch {
    /** A column that every row answers with 0: without one, Spark 4.1.4 hands a replaced row over with its operation's code in front. */
    static final String MARKER = "_stand_in_marker";

    private final StructType all;
    private final StructType wanted;
    private final Snapshot snapshot;

    private SnapshotScan(StructType all, StructType wanted, Snapshot snapshot) {
        this.all = all;
        this.wanted = wanted;
        this.snapshot = snapshot;
    }

    static ScanBuilder builder(StructType all, Snapshot snapshot) {
        return new Builder(all, snapshot);
    }

    @Override
    public StructType readSchema() {
        return wanted;
    }

    @Override
    public Batch toBatch() {
        return this;
    }

    @Override
    public InputPartition[] planInputPartitions() {
        return new InputPartition[] {new Part(snapshot.number)};
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
        int[] sources = new int[wanted.size()];
        DataType[] types = new DataType[wanted.size()];
        for (int k = 0; k < sources.length; k++) {
            String name = wanted.fieldNames()[k];
            sources[k] = name.equals(MARKER) ? -1 : all.fieldIndex(name);
            types[k] = wanted.fields()[k].dataType();
        }
        return new Readers(sources, types);
    }

    private static final class Builder implements ScanBuilder, SupportsPushDownRequiredColumns {
        private final StructType all;
        private final Snapshot snapshot;
        private StructType wanted;

        Builder(StructType all, Snapshot snapshot) {
            this.all = all;
            this.snapshot = snapshot;
            this.wanted = all;
        }

        @Override
        public void pruneColumns(StructType columns) {
            wanted = columns;
        }

        @Override
        public Scan build() {
            // A nested column may be wanted in part; it is given whole.
            StructType whole = new StructType();
            for (var field : wanted.fields()) whole = whole.add(field.name().equals(MARKER) ? field : all.apply(field.name()));
            return new SnapshotScan(all, whole, snapshot);
        }
    }

    private record Part(long snapshot) implements InputPartition, Serializable {}

    private record Readers(int[] sources, DataType[] types) implements PartitionReaderFactory, Serializable {
        @Override
        public PartitionReader<InternalRow> createReader(InputPartition partition) {
            Iterator<InternalRow> rows = Snapshot.find(((Part) partition).snapshot()).rows.iterator();
            return new PartitionReader<>() {
                private InternalRow row;

                @Override
                public boolean next() {
                    if (!rows.hasNext()) return false;
                    row = rows.next();
                    return true;
                }

                @Override
                public InternalRow get() {
                    Object[] values = new Object[sources.length];
                    for (int k = 0; k < values.length; k++) {
                        int source = sources[k];
                        values[k] = source < 0 ? (Object) 0 : row.isNullAt(source) ? null : row.get(source, types[k]);
                    }
                    return new GenericInternalRow(values);
                }

                @Override
                public void close() {}
            };
        }
    }
}
