"""The labelled rows of a task in a DuckDB file, and the table of its filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..client import ConfigurationError
from ..contract import canonical_json
from .task import FilteredTask
from .training import Filter, Rows, train

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 200_000
"""Requests that are read; by their keys, and so a sample as good as random. Of 384 dimensions each 100,000 take 150 MB."""


@dataclass(frozen=True)
class Trained:
    """A filter, and what it was trained on: the answers of a language model to a version of a prompt."""

    filter: Filter
    model_name: str
    prompt_version: str
    corrected_rows: int
    """Labels that golden rows and verdicts gave in the place of an answer."""


def train_on(connection: duckdb.DuckDBPyConnection, task: FilteredTask, golden: str | None = None) -> Trained:
    """Train the task's filter on the answers of its latest run's prompt version, and append it to dbt_llm__filters.

    `connection`: to a DuckDB file, in the schema of the package's tables. `golden`: a relation with the embedding's column
    and `expected_<label>`, on whose rows the recall must be proven too. Raises `ConfigurationError` where tables, columns or
    answers are missing.
    """
    model_name, prompt_version = _latest_version(connection, task)
    _gather(connection, task, model_name, prompt_version)
    is_drawn = f"substr(request_key, 9) < '{round(task.audit * 2**32):08x}'"
    _check_audit(connection, task, prompt_version, is_drawn.replace("request_key", "llm_request_key"))
    # A half to learn from, by digits of the key that nothing else goes by. What a filter has let through is a choice of rows,
    # which may be learned from, and proves nothing: only what was asked before there was one, or whatever it said, is drawn as
    # the rows are that will come.
    is_held_out = f"substr(request_key, 17, 1) < '8' and (is_before_filters or {is_drawn})"
    learn = _rows(connection, f"from _dbt_llm_labelled where not ({is_held_out})")
    proofs = [_rows(connection, f"from _dbt_llm_labelled where {is_held_out}")]
    if golden is not None:
        proofs.append(_golden_rows(connection, task, golden))
    if len({rows.embeddings.shape[1] for rows in (learn, *proofs)} - {0}) > 1:
        raise ConfigurationError(["the embeddings have several lengths. Expected one; got more. Embed all rows by one model."])
    found = train(learn, proofs, task.demand)
    [[corrected]] = connection.execute("select count(*) from _dbt_llm_labelled where is_corrected").fetchall()
    trained = Trained(found, model_name, prompt_version, corrected)
    _append(connection, task, trained)
    return trained


def _latest_version(connection: duckdb.DuckDBPyConnection, task: FilteredTask) -> tuple[str, str]:
    found = connection.execute(
        "select model_name, prompt_version from dbt_llm__runs where task = ? order by started_at desc limit 1", [task.name]
    ).fetchall()
    if not found:
        raise ConfigurationError(
            [f"'{task.name}' has not run. Expected answers to train on; got none. Run it, with limits.requests."]
        )
    return found[0]


def _gather(connection: duckdb.DuckDBPyConnection, task: FilteredTask, model_name: str, prompt_version: str) -> None:
    """Write the answered requests to _dbt_llm_labelled: request_key, embedding, is_wanted, is_corrected, is_before_filters.

    A request of several rows counts once. Where a golden model or a verdict says what the answer should have been, that is
    its label.
    """
    columns = {name.lower(): kind for name, kind, *_ in connection.execute(f"describe {task.input}").fetchall()}
    if task.embedding.lower() not in columns:
        raise ConfigurationError(
            [
                f"meta.llm.filter.embedding: '{task.embedding}' is no column of {task.input}."
                " Expected an array of numbers; got no such column."
            ]
        )
    keys = " and ".join(f'answered."{key}" = inputs."{key}"' for key in task.unique_key)
    connection.execute(
        f"""
        create or replace temp table _dbt_llm_labelled as
        with answered as (
            select
                answered.llm_request_key as request_key,
                first(cast(inputs."{task.embedding}" as float[])) as embedding,
                bool_or({_is_wanted(f'answered."{task.label}"')}) as is_wanted
            from {task.table} as answered
            inner join {task.input} as inputs on {keys}
            where answered.llm_status = 'succeeded' and answered.llm_reason is null
                and answered.llm_prompt_version = $version
                and inputs."{task.embedding}" is not null
            group by answered.llm_request_key
            order by request_key
            limit {MOST_ROWS}
        ),
        corrections as (
            select request_key, arg_max({_is_wanted("expected", is_text=True)}, evaluated_at) as is_wanted
            from dbt_llm__evaluation_rows
            where task = $task and candidate = 'current' and column_name = $label and expected is not null
            group by request_key
        ),
        filters as (
            -- One of another prompt or model has chosen none of these.
            select trained_at
            from dbt_llm__filters
            where task = $task and prompt_version = $version and model_name = $model and threshold is not null
        ),
        responded as (
            select request_key, min(responded_at) as responded_at
            from dbt_llm__responses
            where status = 'succeeded' and request_key in (select request_key from answered)
            group by request_key
        )
        select
            request_key,
            embedding,
            coalesce(corrections.is_wanted, answered.is_wanted) as is_wanted,
            coalesce(corrections.is_wanted != answered.is_wanted, false) as is_corrected,
            coalesce(responded_at < (select min(trained_at) from filters), (select count(*) = 0 from filters))
                as is_before_filters
        from answered
        left join corrections using (request_key)
        left join responded using (request_key)
        order by request_key
        """,
        {
            "version": prompt_version,
            "model": model_name,
            "task": task.name,
            "label": task.label,
            "wanted": list(task.wanted),
        },
    )


def _is_wanted(value: str, *, is_text: bool = False) -> str:
    """Whether a label, or an array of labels, has one of `$wanted`; `is_text`: an array is JSON."""
    as_list = f"from_json(try_cast({value} as json), '[\"VARCHAR\"]')" if is_text else f"cast({value} as varchar[])"
    one = f"cast({value} as varchar) in (select unnest($wanted))"
    is_list = f"{value} like '[%'" if is_text else f"typeof({value}) like '%[]'"
    return f"coalesce(case when {is_list} then list_has_any({as_list}, $wanted) else {one} end, false)"


def _check_audit(connection: duckdb.DuckDBPyConnection, task: FilteredTask, prompt_version: str, is_drawn: str) -> None:
    """That all of the audit are asked: what is left out of it by chance would not be a sample of the rows."""
    [[left]] = connection.execute(
        f"select count(*) from {task.table} where llm_reason = 'filtered' and llm_prompt_version = ? and {is_drawn}",
        [prompt_version],
    ).fetchall()
    if left:
        raise ConfigurationError(
            [
                f"{left} rows of the audit are not asked yet, as filter.audit was less. Expected a run since it was changed;"
                " got none. Run the task first."
            ]
        )


def _golden_rows(connection: duckdb.DuckDBPyConnection, task: FilteredTask, golden: str) -> Rows:
    expected = f'"expected_{task.label}"'
    is_wanted = _is_wanted(f"cast({expected} as varchar)", is_text=True)
    connection.execute(
        f"""
        create or replace temp table _dbt_llm_golden as
        select cast("{task.embedding}" as float[]) as embedding, {is_wanted} as is_wanted
        from {golden}
        where "{task.embedding}" is not null and {expected} is not null
        """,
        {"wanted": list(task.wanted)},
    )
    return _rows(connection, "from _dbt_llm_golden")


def _rows(connection: duckdb.DuckDBPyConnection, source: str) -> Rows:
    lengths = connection.execute(f"select min(len(embedding)), max(len(embedding)), count(*) {source}").fetchall()[0]
    shortest, longest, count = lengths
    if shortest != longest:
        raise ConfigurationError(
            [f"the embeddings have several lengths. Expected one; got {shortest} to {longest}. Embed all rows by one model."]
        )
    if count == 0:
        return Rows(np.zeros((0, 0), dtype=np.float32), np.zeros(0, dtype=np.bool_))
    table: Any = connection.sql(f"select embedding, is_wanted {source}").to_arrow_table()
    flat = table["embedding"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    embeddings = flat.reshape(count, longest)
    if not np.isfinite(embeddings).all():
        raise ConfigurationError(
            ["an embedding has something that is no number. Expected finite numbers; got NaN, NULL or infinity."]
        )
    return Rows(embeddings, np.asarray(table["is_wanted"].to_numpy(), dtype=np.bool_))


def _append(connection: duckdb.DuckDBPyConnection, task: FilteredTask, trained: Trained) -> None:
    found = trained.filter
    row = {
        "filter_version": found.version,
        "task": task.name,
        "model_name": trained.model_name,
        "prompt_version": trained.prompt_version,
        "label_column": task.label,
        "label_values": canonical_json(list(task.wanted)),
        "embedding_model": task.embedding_model,
        "dimensions": len(found.coefficients),
        "intercept": found.intercept,
        "coefficients": found.coefficients.tolist(),
        "threshold": found.threshold,
        "stated_recall": found.demand.recall,
        "stated_confidence": found.demand.confidence,
        "proven_recall": found.proven_recall,
        "positives": found.positives,
        "positives_needed": found.positives_needed,
        "passed_share": found.passed_share,
        "learned_rows": found.learned_rows,
        "held_out_rows": found.held_out_rows,
        "message": found.refusal,
    }
    connection.execute(
        f"insert into dbt_llm__filters ({', '.join(row)}, trained_at)"
        f" values ({', '.join('?' * len(row))}, now() at time zone 'utc')",
        list(row.values()),
    )
