"""AI.GENERATE(prompt, endpoint => …, …), bound strictly.

https://cloud.google.com/bigquery/docs/reference/standard-sql/bigqueryml-syntax-ai-generate
"""

from bqemulator.domain.errors import InvalidQueryError
from sqlglot.tokens import TokenType

from . import gemini, literals
from .calls import Argument
from .completions import Call

KNOWN = {"prompt", "endpoint", "model_params", "output_schema", "connection_id", "request_type"}


def bind(arguments: list[Argument]) -> tuple[Call, str]:
    """What is constant in the call, and the prompt's expression."""
    given = _by_name(arguments)
    if "prompt" not in given:
        raise InvalidQueryError("Required argument `prompt` not found in call to function AI.GENERATE")
    if "output_schema" in given:
        raise InvalidQueryError("The stand-in does not know output_schema.")
    for name in ("connection_id", "request_type"):
        if name in given:
            literals.text(given[name], name)
    # Without one BigQuery takes a Gemini of its choice.
    endpoint = literals.text(given["endpoint"], "endpoint") if "endpoint" in given else "unspecified"
    parameters = gemini.read(literals.json_value(given["model_params"], "model_params")) if "model_params" in given else ()
    return Call(endpoint, *parameters), _prompt(given["prompt"])


def _by_name(arguments: list[Argument]) -> dict[str, Argument]:
    given: dict[str, Argument] = {}
    for place, argument in enumerate(arguments):
        named = len(argument.tokens) > 2 and argument.tokens[1].token_type == TokenType.FARROW
        if not named and place > 0:
            raise InvalidQueryError("The prompt is the only positional argument of AI.GENERATE that the stand-in knows.")
        name = argument.words()[0] if named else "prompt"
        if name not in KNOWN:
            raise InvalidQueryError(f"Named argument `{name}` not found in signature for call to function AI.GENERATE")
        if name in given:
            raise InvalidQueryError(f"Duplicate named argument `{name}` found in call to function AI.GENERATE")
        given[name] = argument.after(2) if named else argument
    return given


def _prompt(prompt: Argument) -> str:
    """A STRUCT of texts is one text."""
    parts = prompt.parts() if prompt.words()[0] in ("(", "struct") else []
    return f"concat({', '.join(part.text for part in parts)})" if len(parts) > 1 else prompt.text
