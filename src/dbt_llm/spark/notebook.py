"""`dbt_llm.spark.complete`: a DataFrame in, a DataFrame out, without dbt; its stage is its cache."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ..client import Counts, DbtLlmError, host
from ..contract.request_key import request_key_head
from ..responses import Labels
from ..workers.files import absolute
from ..workers.lease import alone
from ..workers.options import SparkOptions
from ..workers.stage import Stage
from ..workers.work import Orders
from .job import Job
from .session import tasks_at_once

__all__ = ["complete", "staged"]

_SLICES = 256
_EVERY_S = 5.0
_STAGED = {"request_key": "string", "completion": "string", "error_class": "string", "responded_at": "double"}


def complete(
    df: Any,
    prompt: str,
    endpoint: Mapping[str, Any],
    *,
    response_format: Mapping[str, Any] | None = None,
    model_parameters: Mapping[str, Any] | None = None,
) -> Any:
    """Return `df` with the columns `completion` and `error`, each distinct prompt asked once.

    `df`: a Spark DataFrame. `prompt`: the column that holds the prompts; a NULL is asked nothing. `endpoint`: the keys of an
    entry `spark` (docs/spark.md); its `stage` keeps the answers of this call, so name another one for other parameters.
    `response_format`: a JSON Schema of type object; completions are not validated. Everything is asked before this returns,
    and the DataFrame reads the stage: to use it twice asks nothing. A call with the same stage asks for the rest only.

    Raises `ConfigurationError` with every fault of the entry, and `DbtLlmError` where the run ends early; what was answered
    by then is staged.
    """
    from pyspark.sql import functions as sql  # type: ignore[import-not-found, unused-ignore]

    host.refuse_to_spend_unless_asked("complete", allow_outside_dbt=True)
    session = df.sparkSession
    options, checked = SparkOptions.split_entry("endpoint", endpoint)
    tasks = tasks_at_once(options, session, checked)
    parameters = dict(model_parameters or {})
    head = request_key_head(model_name=checked.model_name, model_parameters=parameters, response_format=response_format)
    # The key that a task of dbt would have.
    key = sql.sha2(sql.concat(sql.lit(f"{head}\n"), sql.col("prompt")), 256)
    url = absolute(options.stage)
    work = (
        df.select(sql.col(prompt).cast("string").alias("prompt"))
        .where("prompt is not null")
        .distinct()
        .select(
            # By the key, so that whoever computes it again finds the row in the same slice.
            (sql.conv(sql.substring(key, 1, 2), 16, 10).cast("int") % _SLICES).alias("slice"),
            key.alias("request_key"),
            "prompt",
            sql.lit(0).cast("long").alias("attempt"),
            sql.lit(0).cast("long").alias("superseded"),
        )
    )
    orders = Orders(
        stage=url,
        options=options,
        endpoint=checked,
        labels=Labels("complete", checked.model_name, None, str(uuid.uuid4()), "spark"),
        model_parameters=parameters,
        response_format=response_format,
        tasks_at_once=tasks,
    )
    stage = Stage(url)
    with alone(url, "complete"):
        # What an earlier call has left beside its answers.
        stage.clear()
        Job(session, orders, tasks, options.gpus_per_task).run(work, lambda: None, _EVERY_S, Counts())
        note = stage.note()
        stage.clear()
    if note is not None:
        raise DbtLlmError(note.message)
    names = stage.names()
    if not names:
        return df.withColumns({"completion": sql.lit(None).cast("string"), "error": sql.lit(None).cast("string")})
    files = session.createDataFrame([(name,) for name in names], "name string")
    # Copies of a task may have answered the same request.
    answers = (
        files.mapInArrow(partial(staged, url), ", ".join(map(" ".join, _STAGED.items())))
        .groupBy(sql.col("request_key").alias("_dbt_llm_key"))
        .agg(sql.min_by(sql.struct("completion", sql.col("error_class").alias("error")), "responded_at").alias("_dbt_llm"))
    )
    keyed = df.withColumn("_dbt_llm_key", sql.sha2(sql.concat(sql.lit(f"{head}\n"), sql.col(prompt).cast("string")), 256))
    joined = keyed.join(answers, "_dbt_llm_key", "left")
    return joined.withColumns({"completion": sql.col("_dbt_llm.completion"), "error": sql.col("_dbt_llm.error")}).drop(
        "_dbt_llm_key", "_dbt_llm"
    )


def staged(url: str, batches: Iterator[Any]) -> Iterator[Any]:
    """Of files of the stage, whose names come in, the answers: what a worker reads each time that the DataFrame is used."""
    stage = Stage(url)
    for batch in batches:
        for name in batch.column("name").to_pylist():
            table = stage.table(name)
            if table is None:
                raise FileNotFoundError(f"'{name}' is gone from the stage '{url}', which this DataFrame reads.")
            yield from table.select(list(_STAGED)).to_batches()
