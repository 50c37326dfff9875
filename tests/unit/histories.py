"""Simulated histories of dbt_llm__output_distribution: what a task's runs would measure if nothing, or something, changed."""

from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow

TABLE = """
    create or replace table history (
        task varchar, invocation_id varchar, prompt_version varchar, model_name varchar, column_name varchar,
        statistic varchar, label varchar, value double, standard_deviation double, input_rows bigint,
        distinct_requests bigint, measured_at timestamp
    )
"""
SHARES = {
    ("has_pii", "share", "true"): 0.12,
    **{("topic", "share", label): share for label, share in zip("abcdef", (0.4, 0.3, 0.15, 0.1, 0.04, 0.01), strict=True)},
    **{("pii_types", "share", label): share for label, share in zip("vwxyz", (0.08, 0.05, 0.02, 0.01, 0.002), strict=True)},
    ("due_on", "null_rate", None): 0.3,
    (None, "quarantine_rate", None): 0.01,
    (None, "refusal_rate", None): 0.002,
    (None, "pending_rate", None): 0.0,
}
MEANS = {("confidence", "mean"): (8.0, 2.0, 1.0), ("summary", "mean_length"): (1.5, 6.0, 400.0)}
"""A beta law's two parameters, and what its values are multiplied by; both are skewed."""


@dataclass(frozen=True)
class Runs:
    """Runs of one law. `wobble`: how far a run's own shares and means stray from it, on the scale of the odds' logarithm."""

    count: int
    answers: int
    shares: dict[tuple[str | None, str, str | None], float] = field(default_factory=dict)
    prompt_version: str = "v1"
    model_name: str = "m"
    wobble: float = 0.0


def stream(seed: int) -> np.random.RandomState:
    """Draws that no version of numpy changes: it froze the laws of this class, and promises nothing of `default_rng`'s."""
    return np.random.RandomState(seed)


def write(connection: Any, task: str, parts: list[Runs], random: np.random.RandomState) -> None:
    """Append one task's history."""
    write_many(connection, [task], parts, random)


def write_many(connection: Any, tasks: list[str], parts: list[Runs], random: np.random.RandomState) -> None:
    """Append a history of the same law for each task."""
    names = ("run", "column", "statistic", "label", "value", "sd", "answers", "version", "model", "task")
    rows: dict[str, list[Any]] = {name: [] for name in names}
    number = 0
    for part in parts:
        law = {**SHARES, **part.shares}
        for _ in range(part.count):
            number += 1
            for (column, statistic, label), share in law.items():
                odds = np.log(share / (1 - share)) + part.wobble * random.standard_normal(len(tasks)) if share else None
                likely = np.zeros(len(tasks)) if odds is None else 1 / (1 + np.exp(-odds))
                values = random.binomial(part.answers, likely) / part.answers
                _extend(rows, tasks, number, part, (column, statistic, label), values, [None] * len(tasks))
            for (column, statistic), (a, b, scale) in MEANS.items():
                shift = np.exp(part.wobble * random.standard_normal((len(tasks), 1)))
                singles = scale * random.beta(a * shift, b, (len(tasks), part.answers))
                deviations = singles.std(axis=1, ddof=1).tolist()
                _extend(rows, tasks, number, part, (column, statistic, None), singles.mean(axis=1), deviations)
    table = pyarrow.table(rows)
    connection.register("made", table)
    connection.execute(
        "insert into history select task, 'run ' || run, version, model, \"column\", statistic, label, value, sd,"
        " answers, answers, timestamp '2026-01-01' + to_days(run::int) from made"
    )
    connection.unregister("made")


def _extend(
    rows: dict[str, list[Any]],
    tasks: list[str],
    number: int,
    part: Runs,
    key: tuple[str | None, str, str | None],
    values: Any,
    deviations: list[Any],
) -> None:
    count = len(tasks)
    rows["task"] += tasks
    rows["value"] += values.tolist()
    rows["sd"] += deviations
    constants = {
        "run": number, "column": key[0], "statistic": key[1], "label": key[2], "answers": part.answers,
        "version": part.prompt_version, "model": part.model_name,
    }  # fmt: skip
    for name, value in constants.items():
        rows[name] += [value] * count


def connect() -> Any:
    """A DuckDB with an empty history."""
    connection = duckdb.connect()
    connection.execute(TABLE)
    return connection
