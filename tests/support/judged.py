"""The package's SQL that judges a completion, on DuckDB, with macros rendered by the companion: fast enough for many schemas."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from dbt_llm.macros import Macros

_CONTRACT = Path(__file__).parents[1] / "contract"
JUDGEMENTS: list[dict[str, Any]] = json.loads((_CONTRACT / "judgements.json").read_text())
"""Response formats, and completions with the reason for which every adapter quarantines them."""
COMPLETIONS: list[dict[str, Any]] = json.loads((_CONTRACT / "completions.json").read_text())
"""Completions as models write them, with the JSON object that they are; None where they are none."""
MOMENTS: dict[str, str] = {case["text"]: case["moment"] for case in json.loads((_CONTRACT / "moments.json").read_text())}
"""Texts of the format date-time, and the moment in UTC that every adapter's column has."""


@cache
def macros(adapter: str = "duckdb") -> Macros:
    """The macros of an adapter."""
    return Macros(adapter, {})


def normalised(response_format: dict[str, Any]) -> dict[str, Any]:
    """The schema that all macros read."""
    schema: dict[str, Any] = macros().call("_response_schema", response_format)
    assert macros().call("_schema_faults", schema, "f") == []
    return schema


def reason_query(schema: dict[str, Any], adapter: str, rows: str) -> str:
    """SQL for why each row is quarantined. `rows`: a relation with the columns n and completion."""
    call = macros(adapter).call
    members = "".join(
        f", {call('json_member', json_expression='_dbt_llm_json', name=name)} as {call('_value_column', name)}"
        for name in schema["properties"]
    )
    facets = "".join(f", {sql} as {column}" for column, sql in call("_facet_columns", schema).items())
    parsed = call("parse_json", text_expression="completion")
    return (
        f"select n, {call('_reason_expression', schema)} as reason from (select *{facets} from (select *{members} from (select n,"
        f" 'p' as _dbt_llm_prompt, 'succeeded' as _dbt_llm_response_status, '' as _dbt_llm_error_class, {parsed} as _dbt_llm_json"
        f" from {rows}) as parsed) as members) as facets order by n"
    )


def reason(schema: dict[str, Any], completion: str) -> str | None:
    """Why DuckDB quarantines the completion of a task with this (normalised) schema; None where it does not."""
    # Spark's environment has none.
    import duckdb

    found = duckdb.execute(
        reason_query(schema, "duckdb", "(select 1 as n, ?::varchar as completion) as rows"), [completion]
    ).fetchone()
    assert found is not None
    answer: str | None = found[1]
    return answer
