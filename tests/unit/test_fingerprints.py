"""On DuckDB a row of the input counts as changed where any value of it has, whatever its type; and only there."""

import itertools

import duckdb
import pytest

from dbt_llm.macros import Macros

VALUES = {
    "varchar": ["''", "'NULL'", "'a'", "'A'", "'a '"],
    "integer": ["0", "-1", "1"],
    "hugeint": ["0", "-1", "18446744073709551616"],
    "double": ["0.0", "'-0.0'", "'inf'"],
    "interval": ["'1 month'", "'30 days'", "'720 hours'"],
    "timestamp": ["'2020-01-01'", "'infinity'"],
    "json": ["""'{"a":1}'""", """'{"a": 1}'""", "'null'"],
    "integer[]": ["[]", "[null]", "[0]", "[0, 0]"],
    "integer[][]": ["[[1], [2]]", "[[1, 2]]", "[[]]"],
    "struct(a integer, b varchar)": ["{'a': null, 'b': null}", "{'a': 1, 'b': null}"],
    "map(varchar, integer)": ["map {}", "map {'a': null}"],
    "decimal(38, 2)": ["0", "-0.01"],
    "uuid": ["'00000000-0000-0000-0000-000000000000'", "'00000000-0000-0001-0000-000000000001'"],
}


def fingerprints(connection: duckdb.DuckDBPyConnection, relation: str, *left_out: str) -> list[tuple[int, int]]:
    """(id, fingerprint) of each row, in their order."""
    arguments = {"relation": relation, "columns": ["id"], "except": list(left_out), "like": "llm_input"}
    rows = Macros("duckdb", {}).call("with_fingerprint", **arguments)
    return connection.execute(f"select id, _dbt_llm_fingerprint from {rows} order by id").fetchall()


@pytest.mark.parametrize("kind", VALUES)
def test_every_change_is_seen(kind: str) -> None:
    connection = duckdb.connect()
    values = [f"cast({value} as {kind})" for value in [*VALUES[kind], "null"]]
    connection.execute(
        "create table llm_input as " + " union all ".join(f"select {n} as id, {v} as v" for n, v in enumerate(values))
    )
    # As a task's own table has them: in another order, and with the columns of the answer.
    connection.execute("create table standing as select v, id, 'x' as answer from llm_input")
    assert fingerprints(connection, "llm_input") == fingerprints(connection, "standing", "answer")
    # The id is a part of the row; without it only the value tells them apart.
    apart = fingerprints(connection, "llm_input", "id")
    assert [(one, other) for (one, a), (other, b) in itertools.combinations(apart, 2) if a == b] == []
