"""The arguments of AI_COMPLETE and AI_EMBED, bound strictly."""

from sqlglot import exp

from snowflake.connector.errors import ProgrammingError

FUNCTION = "_stand_in_complete"
EMBEDDING_FUNCTION = "_stand_in_embed"
_KNOWN = ("model", "prompt", "model_parameters", "response_format", "show_details", "return_error_details")
_NEEDED = ("model", "prompt", "show_details", "return_error_details")


def bind(call):
    """A call of AI_COMPLETE as one of the registered function; anything else as it is."""
    if not (isinstance(call, exp.Anonymous) and call.name.upper() == "AI_COMPLETE"):
        return call
    given = {}
    for argument in call.expressions:
        if not isinstance(argument, exp.Kwarg):
            _refuse("the stand-in takes named arguments only")
        name = argument.this.name.lower()
        if name not in _KNOWN:
            _refuse(f"invalid argument name {name}")
        if name in given:
            _refuse(f"duplicate argument {name}")
        given[name] = argument.expression.copy()
    for name in _NEEDED:
        if name not in given:
            _refuse(f"missing argument {name}")
    for name in _NEEDED[2:]:
        if not (isinstance(given[name], exp.Boolean) and given[name].this):
            _refuse(f"the stand-in knows {name} => TRUE only")
    for name in ("model_parameters", "response_format"):
        if name in given and not _is_constant(given[name]):
            _refuse(f"the stand-in knows {name} as a constant object only")
    function = exp.Anonymous(
        this=FUNCTION,
        expressions=[
            exp.cast(given["model"], "TEXT"),
            exp.cast(given["prompt"], "TEXT"),
            _json(given.get("model_parameters")),
            _json(given.get("response_format")),
        ],
    )
    return exp.Cast(this=function, to=exp.DataType.build("JSON", dialect="duckdb"))


def bind_embedding(call):
    """A call of AI_EMBED as one of the registered function; anything else as it is."""
    if not isinstance(call, exp.AIEmbed):
        return call
    if len(call.expressions) != 2 or not call.expressions[0].is_string:
        _refuse("the stand-in takes a model as a literal, and a text, only", "AI_EMBED")
    model, text = call.expressions
    return exp.Anonymous(this=EMBEDDING_FUNCTION, expressions=[model.copy(), exp.cast(text.copy(), "TEXT")])


def _is_constant(value):
    return isinstance(value, exp.Struct) and value.find(exp.Column, exp.Anonymous) is None


def _json(literal):
    value = exp.Null() if literal is None else exp.Anonymous(this="TO_JSON", expressions=[literal])
    return exp.cast(value, "TEXT")


def _refuse(message, function="AI_COMPLETE"):
    raise ProgrammingError(msg=f"SQL compilation error:\n{message} for function {function}", errno=939, sqlstate="22023")
