"""Blocks of Snowflake Scripting in the one form that the package writes: statements as texts, and a handler of errors."""

import re

from snowflake.connector.errors import Error

_TEXT = r"'(?:[^'\\]|''|\\.)*'"
_IMMEDIATE = re.compile(rf"\s*execute\s+immediate\s+({_TEXT})\s*;?\s*(?:/\*.*\*/\s*)?;?\s*$", re.I | re.S)
_BLOCK = re.compile(
    rf"""\s*begin\s+(?P<steps>(?:execute\s+immediate\s+{_TEXT}\s*;\s*)+)
    exception\s+when\s+other\s+then\s+
    let\s+(?P<words>\w+)\s+varchar\s*:=\s*sqlerrm\s*;\s*(?P<handler>.*?)\s*;\s*end\s*;?\s*$""",
    re.I | re.S | re.X,
)


def run(command, execute):
    """What the last statement of a block gives; None where the command is no block. `execute` runs one statement."""
    found = _IMMEDIATE.match(command)
    block = _BLOCK.match(_value(found[1])) if found else None
    if block is None:
        return None
    try:
        for text in re.findall(_TEXT, block["steps"]):
            result = execute(_value(text))
    except Error as failure:
        words = "'" + str(failure.msg).replace("\\", "\\\\").replace("'", "''") + "'"
        return execute(block["handler"].replace(f":{block['words']}", words))
    return result


def _value(literal):
    # What it escapes with a backslash stands for itself, but for a few controls.
    controls = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
    return re.sub(r"\\(.)|''", lambda found: controls.get(found[1], found[1]) if found[1] else "'", literal[1:-1], flags=re.S)
