"""Statements of a session that fakesnow does not know."""

import re

_SET = re.compile(r"\s*alter\s+session\s+set\s+query_tag\s*=\s*'((?:[^'\\]|''|\\.)*)'", re.I)
_OTHER = re.compile(r"\s*alter\s+session\s+(un)?set\s+", re.I)
_SHOW = re.compile(r"\s*show\s+parameters\s+like\s+'query_tag'", re.I)
_DONE = "select 'Statement executed successfully.' as status"


def replace(connection, sql):
    """The statement, or one of the same effect that fakesnow knows."""
    if found := _SET.match(sql):
        connection.stand_in_tag = found[1]
        return _DONE
    if _OTHER.match(sql):
        connection.stand_in_tag = ""
        return _DONE
    if _SHOW.match(sql):
        tag = getattr(connection, "stand_in_tag", "")
        return f"""select 'QUERY_TAG' as "key", '{tag}' as "value", '' as "default", 'SESSION' as "level" """
    return sql
