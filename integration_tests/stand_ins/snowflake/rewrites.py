"""What fakesnow reads otherwise than Snowflake, mended in the parsed statement."""

from sqlglot import exp

from . import vectors
from .arguments import FUNCTION, bind, bind_embedding

_TEXT = (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT)


def apply(statement, connection):
    """The statement with every rewrite done, from the inside out: a call in a call's argument is rewritten too."""
    rewrites = (
        _keys,
        bind,
        bind_embedding,
        vectors.rewrite,
        _typeof,
        _array_size,
        _array_contains,
        _array_sets,
        _try_parse_json,
        _get,
        _to_json,
        _functions,
        _filter,
        _arrays_zip,
        _reduce,
        _case,
        _text,
    )
    for node in reversed(list(statement.walk())):
        for rewrite in rewrites:
            new = rewrite(node)
            if new is not node:
                node.replace(new)
                break
    return _ordinary_relation(statement, connection)


def _call(name, *arguments):
    return exp.Anonymous(this=name, expressions=list(arguments))


def _keys(node):
    # The keys of an object literal are texts: fakesnow upper-cases them as if they were names.
    if isinstance(node, exp.PropertyEQ) and isinstance(node.this, exp.Identifier):
        node.this.set("quoted", True)
    return node


def _typeof(node):
    return _call("_stand_in_typeof", node.this.copy()) if isinstance(node, exp.Typeof) else node


def _array_size(node):
    # fakesnow leaves one in the argument of another as it is.
    return _call("_stand_in_array_size", node.this.copy()) if isinstance(node, exp.ArraySize) else node


def _array_contains(node):
    # An array is JSON here, and sqlglot writes for DuckDB's lists.
    if not isinstance(node, exp.ArrayContains):
        return node
    sought = node.expression.this if isinstance(node.expression, exp.ToVariant) else node.expression
    return _call("_stand_in_array_contains", node.this.copy(), sought.copy())


def _array_sets(node):
    # fakesnow's are DuckDB's, of lists; the package gives an intersection arrays without repeats, where a multiset is a set.
    if isinstance(node, exp.ArrayDistinct):
        return _call("_stand_in_array_distinct", node.this.copy())
    if isinstance(node, exp.ArrayIntersect):
        return _call("_stand_in_array_intersection", *(array.copy() for array in node.expressions))
    return node


def _try_parse_json(node):
    # sqlglot writes its argument twice.
    is_safe = isinstance(node, exp.ParseJSON) and node.args.get("safe")
    return _call("_stand_in_try_parse_json", node.this.copy()) if is_safe else node


def _get(node):
    # DuckDB's arrow binds less than `is null` does.
    if isinstance(node, exp.GetExtract):
        return _call("_stand_in_get", node.this.copy(), node.expression.copy())
    return exp.paren(node) if isinstance(node, exp.JSONExtract) else node


def _to_json(node):
    # Snowflake's is a text.
    return exp.cast(node.copy(), "TEXT") if isinstance(node, exp.JSONFormat) else node


def _functions(node):
    name = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    if name == "HASH":
        hashes = [_call("_stand_in_hash", value.copy()) for value in node.expressions]
        return hashes[0] if len(hashes) == 1 else _call("HASH", *hashes)
    if name == "OBJECT_DELETE":
        row, *names = (argument.copy() for argument in node.expressions)
        return _call("_stand_in_object_delete", row, exp.Array(expressions=names))
    return node


def _filter(node):
    # DuckDB filters lists, not JSON, and writes a lambda otherwise.
    if isinstance(node, exp.ArrayFilter):
        mended = node.copy()
        mended.expression.set("colon", True)
        mended.set("this", _call("_stand_in_elements", mended.this))
        return _call("TO_JSON", mended)
    return node


def _arrays_zip(node):
    # sqlglot zips DuckDB's lists.
    if isinstance(node, exp.ArraysZip) and len(node.expressions) == 2:
        return _call("_stand_in_arrays_zip", *(array.copy() for array in node.expressions))
    return node


def _reduce(node):
    # As above: an array is JSON here.
    if isinstance(node, exp.Reduce):
        node.set("this", _call("_stand_in_elements", node.this.copy()))
    return node


def _case(node):
    # DuckDB evaluates the operand for each branch, and so would call the model for each.
    if not (isinstance(node, exp.Case) and node.this is not None and _calls_model(node.this)):
        return node
    value = exp.to_identifier("operand", quoted=True)
    case = node.copy()
    operand = case.this.copy()
    case.set("this", value.copy())
    chosen = exp.Lambda(this=case, expressions=[value], colon=True)
    once = _call("LIST_TRANSFORM", exp.Array(expressions=[operand]), chosen)
    return _call("LIST_EXTRACT", once, exp.Literal.number(1))


def _text(node):
    is_text = isinstance(node, exp.Cast) and not isinstance(node, exp.TryCast) and node.to.this in _TEXT
    if is_text and not isinstance(node.this, (exp.Literal, exp.Null, exp.JSONFormat)):
        return _call("_stand_in_json_text" if _calls_model(node.this) else "_stand_in_text", node.this.copy())
    return node


def _calls_model(node):
    return any(call.name == FUNCTION for call in node.find_all(exp.Anonymous))


def _ordinary_relation(statement, connection):
    # DuckDB has temporary relations in a catalog of their own only; the session drops these when it ends.
    if isinstance(statement, exp.Create) and statement.args.get("properties"):
        properties = statement.args["properties"].expressions
        kept = [found for found in properties if not isinstance(found, exp.TemporaryProperty)]
        if len(kept) < len(properties):
            name = statement.find(exp.Table).sql(dialect="duckdb", comments=False)
            drops = connection.__dict__.setdefault("stand_in_drops", set())
            drops.add(f"drop {statement.kind} if exists {name}")
        statement.set("properties", exp.Properties(expressions=kept) if kept else None)
    return statement
