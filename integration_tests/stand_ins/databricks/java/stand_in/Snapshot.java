package stand_in;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.catalyst.InternalRow;

/** A table's rows at one moment, found by number: Spark serializes the partitions that name them, even in one process. */
final class Snapshot {
    private static final ConcurrentHashMap<Long, WeakReference<Snapshot>> LIVE = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong();

    final long number = NEXT.incrementAndGet();
    final List<InternalRow> rows;

    Snapshot(List<InternalRow> rows) {
        this.rows = rows;
        LIVE.values().removeIf(reference -> reference.get() == null);
        LIVE.put(number, new WeakReference<>(this));
    }

    static Snapshot find(long number) {
        WeakReference<Snapshot> reference = LIVE.get(number);
        Snapshot found = reference == null ? null : reference.get();
        if (found == null) throw new IllegalStateException("snapshot " + number + " is gone");
        return found;
    }
}
