"""BigQuery's JSON functions by their documented meaning: bqemulator's are DuckDB's, which differ, or are missing.

https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions
"""

from bqemulator.domain.errors import InvalidQueryError
from bqemulator.storage.engine import DuckDBEngine

from . import json_values
from .calls import Argument, Replacement

# Name in SQL with the number of arguments: Python's function, its arguments' types, and what it returns.
FUNCTIONS = {
    "json_type/1": (json_values.type_of, ["varchar"], "varchar"),
    "json_keys/1": (json_values.keys, ["varchar"], "varchar[]"),
    "json_keys/2": (json_values.keys, ["varchar", "bigint"], "varchar[]"),
    "json_value/1": (json_values.value, ["varchar"], "varchar"),
    "json_value/2": (json_values.value, ["varchar", "varchar"], "varchar"),
    "json_query/1": (json_values.query, ["varchar"], "json"),
    "json_query/2": (json_values.query, ["varchar", "varchar"], "json"),
    "json_query_array/1": (json_values.query_array, ["varchar"], "json[]"),
    "json_query_array/2": (json_values.query_array, ["varchar", "varchar"], "json[]"),
    "parse_json/1": (json_values.parse, ["varchar"], "json"),
    "parse_json/2": (json_values.parse, ["varchar", "varchar"], "json"),
    "safe.parse_json/1": (json_values.parse_or_null, ["varchar"], "json"),
    "safe.parse_json/2": (json_values.parse_or_null, ["varchar", "varchar"], "json"),
    "stand_in_remove/2": (json_values.remove, ["varchar", "varchar"], "json"),
}


def install() -> None:
    register = DuckDBEngine._register_builtin_udfs

    def register_all(engine):
        register(engine)
        for name, (function, arguments, returned) in FUNCTIONS.items():
            engine.connection.create_function(
                _sql_name(name), _of_exactly(len(arguments), function), arguments, returned, null_handling="special"
            )

    DuckDBEngine._register_builtin_udfs = register_all


def replacements() -> dict[str, Replacement]:
    found: dict[str, Replacement] = {"json_remove": _remove, "to_json": _to_json}
    for name in {key.split("/")[0] for key in FUNCTIONS} - {"stand_in_remove"}:
        found[name] = _replacement(name)
    return found


def _replacement(name: str) -> Replacement:
    def replace(arguments: list[Argument]) -> str:
        texts = [
            argument.after(2).text if argument.words()[:2] == ["wide_number_mode", "=>"] else argument.text
            for argument in arguments
        ]
        return f"{_sql_name(f'{name}/{len(arguments)}')}({', '.join(texts)})"

    return replace


def _of_exactly(count, function):
    """DuckDB counts the parameters, optional ones too; and a NULL is NULL, whatever is asked of it."""

    def of_one(first):
        return None if first is None else function(first)

    def of_two(first, second):
        return None if first is None or second is None else function(first, second)

    return of_one if count == 1 else of_two


def _remove(arguments: list[Argument]) -> str:
    """It takes any number of paths."""
    text = arguments[0].text
    for path in arguments[1:]:
        text = f"{_sql_name('stand_in_remove/2')}({text}, {path.text})"
    return text


def _to_json(arguments: list[Argument]) -> str:
    """The option is about numbers that DuckDB writes as they are."""
    for option in arguments[1:]:
        if option.words()[:2] != ["stringify_wide_numbers", "=>"]:
            raise InvalidQueryError(f"to_json: the stand-in does not know {option.text}")
    return f"to_json({arguments[0].text})"


def _sql_name(name: str) -> str:
    return "stand_in_" + name.removeprefix("stand_in_").replace(".", "_").replace("/", "_")
