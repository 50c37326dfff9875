"""AI.GENERATE_EMBEDDING(MODEL m, {TABLE t | (query)}[, STRUCT(…)]), bound strictly.

https://cloud.google.com/bigquery/docs/reference/standard-sql/bigqueryml-syntax-ai-generate-embedding
"""

from bqemulator.domain.errors import InvalidQueryError

from . import table_functions
from .calls import Argument
from .completions import Call

NAME = "AI.GENERATE_EMBEDDING"
SETTINGS = {"task_type", "output_dimensionality"}


def bind(arguments: list[Argument], project_id: str, ctx) -> tuple[Call, str]:
    """What is constant in the call, and the relation that gives the texts, as `content`."""
    if len(arguments) not in (2, 3):
        raise InvalidQueryError(f"No matching signature for {NAME}. Supported signature: (MODEL, TABLE or query[, STRUCT])")
    endpoint, source = table_functions.bind(NAME, arguments, project_id, ctx)
    settings = table_functions.settings_of(NAME, arguments[2], SETTINGS) if len(arguments) == 3 else {}
    return Call(endpoint, settings), source
