"""What is done to each statement before bqemulator translates it."""

import bqemulator.jobs.executor as executor
import bqemulator.scripting.interpreter as interpreter

from . import ai_functions, json_functions
from .calls import Statement
from .completions import Completions


def install(completions: Completions) -> None:
    translate, sync_created_view = executor.rewrite_and_translate_statement, executor.sync_created_view

    def rewritten(sql, project_id, ctx):
        replacements = {**json_functions.replacements(), **ai_functions.replacements(completions, project_id, ctx)}
        return Statement(sql, replacements).replaced()

    async def translate_rewritten(bq_sql, *, project_id, ctx, **rest):
        return await translate(rewritten(bq_sql, project_id, ctx), project_id=project_id, ctx=ctx, **rest)

    def sync_rewritten(bq_sql, project_id, ctx):
        # bqemulator puts a view's text into each query of it, after the query was rewritten.
        return sync_created_view(rewritten(bq_sql, project_id, ctx), project_id, ctx)

    executor.rewrite_and_translate_statement = interpreter.rewrite_and_translate_statement = translate_rewritten
    executor.sync_created_view = interpreter.sync_created_view = sync_rewritten
