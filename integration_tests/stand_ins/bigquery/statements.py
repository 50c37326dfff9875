"""What is done to each statement before bqemulator translates it."""

import bqemulator.jobs.executor as executor
import bqemulator.scripting.interpreter as interpreter

from . import ai_functions, json_functions
from .calls import Statement
from .completions import Completions


def install(completions: Completions) -> None:
    translate = executor.rewrite_and_translate_statement

    async def rewrite(bq_sql, *, project_id, ctx, **rest):
        replacements = {**json_functions.replacements(), **ai_functions.replacements(completions, project_id, ctx)}
        return await translate(Statement(bq_sql, replacements).replaced(), project_id=project_id, ctx=ctx, **rest)

    executor.rewrite_and_translate_statement = interpreter.rewrite_and_translate_statement = rewrite
