"""Statements about the session and about what is not data, which fakesnow does not know."""

import re

_TAG = re.compile(r"\s*alter\s+session\s+set\s+query_tag\s*=\s*'((?:[^'\\]|''|\\.)*)'", re.I | re.S)
_NO_TAG = re.compile(r"\s*alter\s+session\s+unset\s+query_tag\b", re.I)
_OTHER = re.compile(r"\s*alter\s+session\s+(set\s+(?!autocommit|query_tag)\w+\s*=|unset\s+(?!query_tag)\w+)", re.I)
_SHOW = re.compile(r"\s*show\s+parameters\s+like\s+'query_tag'", re.I)
_NOT_KEPT = re.compile(
    r"""\s*(
        grant\b | revoke\b
        | comment\s+(if\s+exists\s+)?on\s+column\b
        | alter\s+(table|view|dynamic\s+table)\s+\S+\s+alter\s+(column\s+)?("[^"]+"|\w+)\s+comment\b
    )""",
    re.I | re.X,
)
_TRUNCATE = re.compile(r"^(\s*truncate\s+table)\s+if\s+exists", re.I)
_COMMENT = re.compile(r"^(\s*comment)\s+if\s+exists\s+on", re.I)
_DONE = "select 'Statement executed successfully.' as status"


def replace(connection, sql):
    """The statement, or one of the same effect that fakesnow knows."""
    if found := _TAG.match(sql):
        connection.stand_in_tag = re.sub(r"\\(.)", r"\1", found[1].replace("''", "'"))
        return _DONE
    if _NO_TAG.match(sql):
        connection.stand_in_tag = ""
        return _DONE
    if _SHOW.match(sql):
        tag = getattr(connection, "stand_in_tag", "").replace("\\", "\\\\").replace("'", "''")
        return (
            f"""select 'QUERY_TAG' as "key", '{tag}' as "value", '' as "default", """
            """'SESSION' as "level", '' as "description", 'STRING' as "type" """
        )
    if _OTHER.match(sql) or _NOT_KEPT.match(sql):
        return _DONE
    return _COMMENT.sub(r"\1 on", _TRUNCATE.sub(r"\1", sql))
