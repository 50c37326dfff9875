"""What fakesnow reads otherwise than Snowflake, mended in the parsed statement."""

from sqlglot import exp

from .arguments import bind

_TEXT = (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT)


def apply(statement):
    """The statement with every rewrite done."""
    for rewrite in (_keys, bind, _typeof, _hash, _filter, _text):
        statement = statement.transform(rewrite, copy=False)
    return _ordinary_table(statement)


def _keys(node):
    # The keys of an object literal are texts: fakesnow upper-cases them as if they were names.
    if isinstance(node, exp.PropertyEQ) and isinstance(node.this, exp.Identifier):
        node.this.set("quoted", True)
    return node


def _typeof(node):
    return exp.Anonymous(this="_stand_in_typeof", expressions=[node.this]) if isinstance(node, exp.Typeof) else node


def _hash(node):
    # DuckDB's hash is unsigned, which no type of Snowflake holds.
    if isinstance(node, exp.Anonymous) and node.name.upper() == "HASH" and not node.args.get("signed"):
        node.set("signed", True)
        shifted = exp.BitwiseRightShift(this=node.copy(), expression=exp.Literal.number(1))
        return exp.cast(shifted, "BIGINT")
    return node


def _filter(node):
    # DuckDB filters lists, not JSON, and writes a lambda otherwise.
    if isinstance(node, exp.ArrayFilter) and not node.args.get("done"):
        node.set("done", True)
        node.expression.set("colon", True)
        node.set("this", exp.Anonymous(this="_stand_in_elements", expressions=[node.this]))
        return exp.Anonymous(this="TO_JSON", expressions=[node.copy()])
    return node


def _text(node):
    # A VARIANT as text has no JSON quotes, whatever expression carries it.
    is_text = isinstance(node, exp.Cast) and not isinstance(node, exp.TryCast) and node.to.this in _TEXT
    if is_text and (isinstance(node.this, (exp.Column, exp.JSONExtract)) or node.this.key in ("getextract", "get")):
        return exp.Anonymous(this="_stand_in_text", expressions=[node.this])
    return node


def _ordinary_table(statement):
    # DuckDB has temporary tables in a catalog of their own only.
    if isinstance(statement, exp.Create) and statement.args.get("properties"):
        kept = [p for p in statement.args["properties"].expressions if not isinstance(p, exp.TemporaryProperty)]
        statement.set("properties", exp.Properties(expressions=kept) if kept else None)
    return statement
