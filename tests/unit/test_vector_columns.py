"""Columns of vectors on Snowflake, whose type is no array: compared row by row, and with what a task would write."""

from typing import Any

import pytest

from dbt_llm.macros import Macros, Relation
from tests.unit.test_filter_tables import Incremental

TYPES = {"BODY": "VARCHAR(100)", "seen as": "VECTOR(INT, 3)", "EMBEDDING": "VECTOR(FLOAT, 16)", "LLM_STATUS": "VARCHAR(9)"}


def changed_rows(resource_type: str = "model") -> tuple[str, str]:
    """How the fingerprints of a task of vectors are made: of its own table's rows, and of the input's."""
    names = {
        "this": Relation("t", "d", "s", "t"),
        "config": Incremental(),
        "model": {"resource_type": resource_type},
        "column_types": lambda _: TYPES,
    }
    task: dict[str, Any] = {
        "model_name": "m", "prompt": "{body}", "model_parameters": {}, "dimensions": 16,
        "response_format": {"kind": "embedding", "dimensions": 16},
        "response_schema": {"properties": {"embedding": {"type": "vector", "dimensions": 16}}},
    }  # fmt: skip
    sql = Macros("snowflake", names).call("_changed_rows", task)
    first, second = [line.strip() for line in sql.splitlines() if "_dbt_llm_fingerprint\n" in f"{line}\n" and "hash(" in line]
    return first, second


def test_a_vector_is_in_no_object_of_its_row() -> None:
    """A VECTOR is no VARIANT, so that the second run would fail. Those of the input are compared as arrays, the answer is not."""
    of_table, of_input = changed_rows()
    assert of_table == (
        'hash(object_delete(object_construct_keep_null(* exclude ("seen as", "EMBEDDING")), '
        "'EMBEDDING', 'LLM_STATUS', 'LLM_REASON', 'LLM_REQUEST_KEY', 'LLM_PROMPT_VERSION'), "
        'cast("seen as" as array)) as _dbt_llm_fingerprint'
    )
    assert of_input == (
        'hash(object_construct_keep_null(* exclude ("seen as")), cast("seen as" as array)) as _dbt_llm_fingerprint'
    )


def test_the_rows_of_a_unit_test_have_no_vectors() -> None:
    assert all("exclude" not in sql for sql in changed_rows("unit_test"))


@pytest.mark.parametrize("adapter", ["duckdb", "snowflake"])
def test_a_vector_of_another_length_is_another_type(adapter: str) -> None:
    """Else it is told only by the statement that writes the table, when it is paid for."""
    macros = Macros(adapter, {})
    [long, short] = [macros.call("column_type", {"type": "vector", "dimensions": length}) for length in (16, 15)]
    assert macros.call("_plain_type", long) == macros.call("_plain_type", long.upper().replace("VECTOR (", "VECTOR("))
    assert macros.call("_plain_type", long) != macros.call("_plain_type", short)
