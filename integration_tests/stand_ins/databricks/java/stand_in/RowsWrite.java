package stand_in;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.Write;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.StructType;

/** Collects what a statement writes, and hands it over when all of it is there. */
final class RowsWrite implements Write, BatchWrite {
    private final StructType schema;
    private final Consumer<List<InternalRow>> commit;

    RowsWrite(StructType schema, Consumer<List<InternalRow>> commit) {
        this.schema = schema;
        this.commit = commit;
    }

    @Override
    public BatchWrite toBatch() {
        return this;
    }

    @Override
    public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
        return new Writers(schema);
    }

    @Override
    public void commit(WriterCommitMessage[] messages) {
        List<InternalRow> rows = new ArrayList<>();
        for (WriterCommitMessage message : messages) if (message != null) rows.addAll(((Part) message).rows());
        commit.accept(rows);
    }

    @Override
    public void abort(WriterCommitMessage[] messages) {}

    private record Part(ArrayList<InternalRow> rows) implements WriterCommitMessage {}

    private record Writers(StructType schema) implements DataWriterFactory, Serializable {
        @Override
        public DataWriter<InternalRow> createWriter(int partition, long task) {
            ArrayList<InternalRow> rows = new ArrayList<>();
            return new DataWriter<>() {
                @Override
                public void write(InternalRow row) {
                    Object[] values = new Object[schema.size()];
                    for (int k = 0; k < values.length; k++) {
                        values[k] = row.isNullAt(k) ? null : InternalRow.copyValue(row.get(k, schema.fields()[k].dataType()));
                    }
                    rows.add(new GenericInternalRow(values));
                }

                @Override
                public WriterCommitMessage commit() {
                    return new Part(rows);
                }

                @Override
                public void abort() {}

                @Override
                public void close() {}
            };
        }
    }
}
