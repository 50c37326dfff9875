package stand_in;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.connector.catalog.Identifier;

/** The tables that there are, for every session. */
final class Tables {
    static final Tables ALL = new Tables();
    private final ConcurrentHashMap<String, LocalTable> byName = new ConcurrentHashMap<>();

    private Tables() {}

    LocalTable find(Identifier identifier) {
        return byName.get(key(identifier));
    }

    void put(LocalTable table) {
        byName.put(key(table.identifier), table);
        table.enterCatalog();
    }

    boolean remove(Identifier identifier) {
        return byName.remove(key(identifier)) != null;
    }

    List<LocalTable> in(String[] namespace) {
        String schema = String.join(".", namespace);
        List<LocalTable> found = new ArrayList<>(byName.values());
        found.removeIf(table -> !String.join(".", table.identifier.namespace()).equalsIgnoreCase(schema));
        return found;
    }

    List<LocalTable> all() {
        return new ArrayList<>(byName.values());
    }

    private static String key(Identifier identifier) {
        return (String.join(".", identifier.namespace()) + "." + identifier.name()).toLowerCase(Locale.ROOT);
    }
}
