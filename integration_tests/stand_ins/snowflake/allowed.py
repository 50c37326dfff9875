"""Refuse other dialects' functions: sqlglot would translate them, and Snowflake does not."""

import re
from pathlib import Path

import sqlglot
from sqlglot.tokens import TokenType

from snowflake.connector.errors import ProgrammingError

_FUNCTIONS = frozenset(Path(__file__).with_name("functions.txt").read_text().split())
_WORDS = frozenset(Path(__file__).with_name("words.txt").read_text().split())
_BEFORE_A_NAME = (
    TokenType.ALIAS, TokenType.TABLE, TokenType.INTO, TokenType.VIEW, TokenType.WITH, TokenType.EXISTS, TokenType.R_PAREN,
    TokenType.VAR, TokenType.IDENTIFIER, TokenType.DOT,
)  # fmt: skip
_UNCHECKED = re.compile(r"\s*(show|desc|describe|use|alter|set|drop|truncate|begin|commit|rollback)\b", re.I)


def check(sql):
    """Raise Snowflake's error where a name that is followed by a parenthesis is no function of Snowflake."""
    if _UNCHECKED.match(sql):
        return
    tokens = sqlglot.tokenize(sql, read="snowflake")
    for i, token in enumerate(tokens[:-1]):
        if token.token_type in (TokenType.DARROW, TokenType.HASH_ARROW, TokenType.DHASH_ARROW):
            _refuse(f"syntax error unexpected '{token.text}'", 1003, "42000")
        if tokens[i + 1].token_type == TokenType.L_PAREN and _is_unknown(token) and not _is_defined(tokens, i):
            _refuse(f"Unknown function {token.text.upper()}", 2140, "42601")


def _refuse(message, number, state):
    raise ProgrammingError(msg=f"SQL compilation error:\n{message}", errno=number, sqlstate=state)


def _is_unknown(token):
    name = token.text.lower()
    is_name = token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER) and re.fullmatch(r"[a-z_$][\w$]*", name)
    return is_name and name not in _WORDS and name not in _FUNCTIONS


def _is_defined(tokens, i):
    if i and tokens[i - 1].token_type in _BEFORE_A_NAME:
        return True
    # `name (...) as (` is a common table expression with its columns.
    depth, j = 1, i + 2
    while j < len(tokens) and depth:
        depth += (tokens[j].token_type == TokenType.L_PAREN) - (tokens[j].token_type == TokenType.R_PAREN)
        j += 1
    return [token.token_type for token in tokens[j : j + 2]] == [TokenType.ALIAS, TokenType.L_PAREN]
