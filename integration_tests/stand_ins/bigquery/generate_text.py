"""AI.GENERATE_TEXT(MODEL m, {TABLE t | (query)}, STRUCT(…)), bound strictly.

https://cloud.google.com/bigquery/docs/reference/standard-sql/bigqueryml-syntax-ai-generate-text
"""

from typing import Any

from bqemulator.domain.errors import InvalidQueryError

from . import gemini, literals, remote_models
from .calls import Argument
from .completions import Call

SETTINGS = {
    "max_output_tokens", "top_p", "temperature", "stop_sequences", "ground_with_google_search", "safety_settings",
    "model_params", "request_type",
}  # fmt: skip


def bind(arguments: list[Argument], project_id: str, ctx) -> tuple[Call, str]:
    """What is constant in the call, and the relation that gives the prompts."""
    if len(arguments) != 3:
        raise InvalidQueryError(
            "No matching signature for AI.GENERATE_TEXT. Supported signature: (MODEL, TABLE or query, STRUCT)"
        )
    model, relation, settings = arguments
    if model.words()[:1] != ["model"] or len(model.tokens) < 2:
        raise InvalidQueryError("Expected the keyword MODEL and a model as the first argument of AI.GENERATE_TEXT.")
    endpoint = remote_models.endpoint_of("".join(token.text for token in model.tokens[1:]), project_id, ctx)
    if relation.words()[0] not in ("table", "("):
        raise InvalidQueryError("Expected a TABLE or a query in parentheses as the second argument of AI.GENERATE_TEXT.")
    source = relation.after(1) if relation.words()[0] == "table" else relation
    return _call(endpoint, _settings(settings)), source.text


def _settings(struct: Argument) -> dict[str, Any]:
    if struct.words()[:1] != ["struct"]:
        raise InvalidQueryError("Expected a STRUCT as the third argument of AI.GENERATE_TEXT.")
    settings: dict[str, Any] = {}
    for part in struct.parts():
        words = part.words()
        if len(words) < 3 or words[-2] != "as":
            raise InvalidQueryError("Every field of AI.GENERATE_TEXT's STRUCT needs a name.")
        name, value = words[-1], part.before_last(2)
        if name not in SETTINGS:
            raise InvalidQueryError(f"Invalid field name {name} in the settings of AI.GENERATE_TEXT.")
        if name in settings:
            raise InvalidQueryError(f"Duplicate field name {name} in the settings of AI.GENERATE_TEXT.")
        settings[name] = literals.json_text(value, name) if name == "model_params" else literals.constant(value, name)
    if "model_params" in settings and settings.keys() - {"model_params", "request_type"}:
        raise InvalidQueryError("model_params cannot be given together with other model parameters.")
    return settings


def _call(endpoint: str, settings: dict[str, Any]) -> Call:
    if "model_params" in settings:
        return Call(endpoint, *gemini.read(settings["model_params"]))
    return Call(endpoint, {name: value for name, value in settings.items() if name != "request_type"})
