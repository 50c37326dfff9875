"""What is done to each statement before bqemulator translates it."""

import functools
import sys

import bqemulator.jobs.executor as executor
import bqemulator.scripting.interpreter as interpreter
import sqlglot

from . import ai_functions, json_functions
from .calls import Statement
from .completions import Completions

_READERS = ("bqemulator.jobs.", "bqemulator.catalog.")
"""Modules that look at a statement's tree and leave it as it is."""


def install(completions: Completions) -> None:
    sqlglot.parse_one = _remembering(sqlglot.parse_one)
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


def _remembering(parse_one):
    """A statement is read once: bqemulator asks some twenty times what one is, which takes most of its time."""
    remembered = functools.lru_cache(32)(functools.partial(parse_one, read="bigquery"))

    def parse_once(sql, read=None, **options):
        if read != "bigquery" or options:
            return parse_one(sql, read=read, **options)
        tree = remembered(sql)
        asked_by = sys._getframe(1).f_globals["__name__"]
        return tree if asked_by.startswith(_READERS) else tree.copy()

    return parse_once
