"""The Python functions that the checked calls of ai_query end in."""

from functools import partial

import pyarrow as pa
from pyspark.sql.functions import arrow_udf

from . import completions

# The documentation has both (2026-08); code in the field has the new ones.
FIELD_NAMES = {"new": ("result", "errorMessage"), "old": ("response", "errorStatus")}


def register(session, base_url, field_names):
    """Make them known to a session. They are not deterministic, so that Spark calls them once for a row."""
    names = FIELD_NAMES[field_names]
    result, error = names
    for name, function, returned in (
        ("_stand_in_ai_query", partial(_answers, base_url, names), f"struct<{result}: string, {error}: string>"),
        ("_stand_in_ai_query_or_fail", partial(_answers_or_fail, base_url), "string"),
        ("_stand_in_ai_query_vectors", partial(_vectors, base_url, names), f"struct<{result}: array<float>, {error}: string>"),
    ):
        session.udf.register(name, arrow_udf(_four(function), returned).asNondeterministic())


def _four(function):
    # Spark reads the arguments off a plain function only, with their types.
    def call(endpoint: pa.Array, request: pa.Array, parameters: pa.Array, response_format: pa.Array) -> pa.Array:
        return function(endpoint, request, parameters, response_format)

    return call


def _answers(base_url, names, *columns):
    texts, errors = zip(*completions.ask(base_url, _rows(columns)), strict=True) if len(columns[0]) else ((), ())
    return pa.StructArray.from_arrays([pa.array(texts, pa.string()), pa.array(errors, pa.string())], names)


def _vectors(base_url, names, *columns):
    rows = [row[:3] for row in _rows(columns)]
    vectors, errors = zip(*completions.ask_for_vectors(base_url, rows), strict=True) if rows else ((), ())
    return pa.StructArray.from_arrays([pa.array(vectors, pa.list_(pa.float32())), pa.array(errors, pa.string())], names)


def _answers_or_fail(base_url, *columns):
    answers = completions.ask(base_url, _rows(columns))
    for _, error in answers:
        if error is not None:
            raise RuntimeError(error)
    return pa.array([text for text, _ in answers], pa.string())


def _rows(columns):
    return list(zip(*(column.to_pylist() for column in columns), strict=True))
