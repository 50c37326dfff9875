"""AI.GENERATE_TEXT(MODEL m, {TABLE t | (query)}, STRUCT(…)), bound strictly.

https://cloud.google.com/bigquery/docs/reference/standard-sql/bigqueryml-syntax-ai-generate-text
"""

from typing import Any

from bqemulator.domain.errors import InvalidQueryError

from . import gemini, literals, table_functions
from .calls import Argument
from .completions import Call

NAME = "AI.GENERATE_TEXT"
SETTINGS = {
    "max_output_tokens", "top_p", "temperature", "stop_sequences", "ground_with_google_search", "safety_settings",
    "model_params", "request_type",
}  # fmt: skip


def bind(arguments: list[Argument], project_id: str, ctx) -> tuple[Call, str]:
    """What is constant in the call, and the relation that gives the prompts."""
    if len(arguments) != 3:
        raise InvalidQueryError(f"No matching signature for {NAME}. Supported signature: (MODEL, TABLE or query, STRUCT)")
    endpoint, source = table_functions.bind(NAME, arguments, project_id, ctx)
    settings = table_functions.settings_of(NAME, arguments[2], SETTINGS, _value)
    if "model_params" in settings and settings.keys() - {"model_params", "request_type"}:
        raise InvalidQueryError("model_params cannot be given together with other model parameters.")
    return _call(endpoint, settings), source


def _value(value: Argument, name: str) -> Any:
    return literals.json_text(value, name) if name == "model_params" else literals.constant(value, name)


def _call(endpoint: str, settings: dict[str, Any]) -> Call:
    if "model_params" in settings:
        return Call(endpoint, *gemini.read(settings["model_params"]))
    return Call(endpoint, {name: value for name, value in settings.items() if name != "request_type"})
