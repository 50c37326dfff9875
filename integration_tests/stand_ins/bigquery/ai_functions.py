"""AI.GENERATE_TEXT and AI.GENERATE, bound strictly and turned into calls of one DuckDB function."""

import json
from typing import Any

from bqemulator.domain.errors import InvalidQueryError
from bqemulator.storage.engine import DuckDBEngine
from sqlglot.tokens import TokenType

from . import gemini, remote_models
from .calls import Argument, Replacement
from .completions import ANSWER, Call, Completions

FUNCTION = "stand_in_generate"
# https://cloud.google.com/bigquery/docs/reference/standard-sql/bigqueryml-syntax-ai-generate-text
TEXT_SETTINGS = {
    "max_output_tokens", "top_p", "temperature", "stop_sequences", "ground_with_google_search", "safety_settings",
    "model_params", "request_type",
}  # fmt: skip
GENERATE_ARGUMENTS = {"prompt", "endpoint", "model_params", "output_schema", "connection_id", "request_type"}
_COMPLETIONS: list[Completions] = []


def install(completions: Completions) -> None:
    register = DuckDBEngine._register_builtin_udfs

    def register_all(engine):
        register(engine)
        returned = "struct(" + ", ".join(f'"{member.name}" varchar' for member in ANSWER) + ")"
        engine.connection.create_function(
            FUNCTION,
            completions.answer,
            ["varchar", "bigint"],
            returned,
            type="arrow",
            null_handling="special",
            side_effects=True,
        )

    DuckDBEngine._register_builtin_udfs = register_all
    _COMPLETIONS.append(completions)


def replacements(project_id: str, ctx) -> dict[str, Replacement]:
    return {
        "ai.generate_text": lambda arguments: _generate_text(arguments, project_id, ctx),
        "ai.generate": _generate,
    }


def _generate_text(arguments: list[Argument], project_id: str, ctx) -> str:
    if len(arguments) != 3:
        raise _no_match("AI.GENERATE_TEXT", "(MODEL, TABLE or query, STRUCT)")
    model, relation, settings = arguments
    if model.words()[:1] != ["model"] or len(model.tokens) < 2:
        raise InvalidQueryError("Expected the keyword MODEL and a model as the first argument of AI.GENERATE_TEXT.")
    endpoint = remote_models.endpoint_of("".join(token.text for token in model.tokens[1:]), project_id, ctx)
    source = relation.after(1).text if relation.words()[:1] == ["table"] else relation.text
    if relation.words()[0] not in ("table", "("):
        raise InvalidQueryError("Expected a TABLE or a query in parentheses as the second argument of AI.GENERATE_TEXT.")
    call = _COMPLETIONS[0].register(_call(endpoint, _settings(settings)))
    return (
        "(select _ai_answer.result as result, stand_in_parse_json_1(_ai_answer.full_response) as full_response,"
        " _ai_answer.status as status, _ai_rows.* except (_ai_answer)"
        f" from (select _ai_input.*, {FUNCTION}(_ai_input.prompt, {call}) as _ai_answer from {source} as _ai_input) as _ai_rows)"
    )


def _generate(arguments: list[Argument]) -> str:
    if not arguments:
        raise _no_match("AI.GENERATE", "(prompt, …)")
    given: dict[str, Argument] = {}
    for place, argument in enumerate(arguments):
        named = len(argument.tokens) > 2 and argument.tokens[1].token_type in (TokenType.FARROW, TokenType.DARROW)
        if not named and place > 0:
            raise InvalidQueryError("Positional arguments must precede named arguments; the prompt is the only one here.")
        name = argument.words()[0] if named else "prompt"
        if name not in GENERATE_ARGUMENTS:
            raise InvalidQueryError(f"Named argument `{name}` not found in signature for call to function AI.GENERATE")
        if name in given:
            raise InvalidQueryError(f"Duplicate named argument `{name}` found in call to function AI.GENERATE")
        given[name] = argument.after(2) if named else argument
    if "prompt" not in given:
        raise InvalidQueryError("Required argument `prompt` not found in call to function AI.GENERATE")
    if "output_schema" in given:
        raise InvalidQueryError("The stand-in does not know output_schema.")
    endpoint = _text(given["endpoint"], "endpoint") if "endpoint" in given else "unspecified"
    for name in ("connection_id", "request_type"):
        if name in given:
            _text(given[name], name)
    parts = given["prompt"].parts() if given["prompt"].words()[0] in ("(", "struct") else []
    prompt = f"concat({', '.join(part.text for part in parts)})" if len(parts) > 1 else given["prompt"].text
    settings = {"model_params": _json(given["model_params"])} if "model_params" in given else {}
    call = _COMPLETIONS[0].register(_call(endpoint, settings))
    return f"{FUNCTION}({prompt}, {call})"


def _settings(struct: Argument) -> dict[str, Any]:
    if struct.words()[:1] != ["struct"]:
        raise InvalidQueryError("Expected a STRUCT as the third argument of AI.GENERATE_TEXT.")
    settings: dict[str, Any] = {}
    for part in struct.parts():
        words = part.words()
        if len(words) < 3 or words[-2] != "as":
            raise InvalidQueryError("Every field of AI.GENERATE_TEXT's STRUCT needs a name.")
        name = words[-1]
        if name not in TEXT_SETTINGS:
            raise InvalidQueryError(f"Invalid field name {name} in the settings of AI.GENERATE_TEXT.")
        if name in settings:
            raise InvalidQueryError(f"Duplicate field name {name} in the settings of AI.GENERATE_TEXT.")
        value = part.before_last(2)
        settings[name] = _json(value) if name == "model_params" else _constant(value, name)
    if "model_params" in settings and len(settings.keys() - {"model_params", "request_type"}) > 0:
        raise InvalidQueryError("model_params cannot be given together with other model parameters.")
    return settings


def _call(endpoint: str, settings: dict[str, Any]) -> Call:
    body = settings.get("model_params")
    if body is None:
        return Call(endpoint, {name: value for name, value in settings.items() if name != "request_type"})
    generation, schema = gemini.read(body)
    return Call(endpoint, generation, schema)


def _json(value: Argument) -> Any:
    """The value of JSON '…': BigQuery takes no expression there."""
    if value.words()[:1] != ["json"] or len(value.tokens) != 2 or value.tokens[1].token_type != TokenType.STRING:
        raise InvalidQueryError("model_params must be a JSON literal.")
    try:
        return json.loads(value.tokens[1].text)
    except ValueError as fault:
        raise InvalidQueryError(f"Invalid JSON literal: {fault}") from None


def _text(value: Argument, name: str) -> str:
    if len(value.tokens) != 1 or value.tokens[0].token_type != TokenType.STRING:
        raise InvalidQueryError(f"Argument `{name}` must be a string literal.")
    return value.tokens[0].text


def _constant(value: Argument, name: str) -> Any:
    """A text, a number, a boolean or an array of texts."""
    try:
        words = ["true", "false"]
        return json.loads("".join(
            json.dumps(token.text) if token.token_type == TokenType.STRING
            else token.text.lower() if token.text.lower() in words else token.text
            for token in value.tokens
        ))  # fmt: skip
    except ValueError:
        raise InvalidQueryError(f"{name} must be a literal.") from None


def _no_match(function: str, signature: str) -> InvalidQueryError:
    return InvalidQueryError(f"No matching signature for {function}. Supported signature: {function}{signature}")
