"""The labelled rows that `dbt_llm.filter_rows` makes, as arrays; the filter that is trained on them, and its row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from ..client import ConfigurationError
from .training import Demand, Filter, Rows, train

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..warehouses import Warehouse

_TERMS = (
    "task, model_name, prompt_version, label_column, label_values, embedding_model, stated_recall, stated_confidence,"
    " filter_in_force, unasked_audit_rows"
)


@dataclass(frozen=True)
class Labelled:
    """Labelled rows in a relation, and what stands in each of them: what a filter of them is for."""

    relation: str
    task: str
    model_name: str
    prompt_version: str
    label_column: str
    label_values: str
    """The wanted labels, as a JSON array of texts."""
    embedding_model: str | None
    demand: Demand
    filter_in_force: str | None
    """The version of the filter that the task has for all this already."""
    unasked_audit_rows: int
    corrected_rows: int
    """Labels that golden rows and verdicts gave in the place of an answer."""

    @property
    def wanted(self) -> list[str]:
        found: list[str] = json.loads(self.label_values)
        return found


@dataclass(frozen=True)
class Trained:
    """A filter, and the rows that it was trained on."""

    filter: Filter
    rows: Labelled

    @property
    def values(self) -> dict[str, Any]:
        """The row of dbt_llm__filters, without `trained_at`."""
        found, rows = self.filter, self.rows
        return {
            "filter_version": found.version,
            "task": rows.task,
            "model_name": rows.model_name,
            "prompt_version": rows.prompt_version,
            "label_column": rows.label_column,
            "label_values": rows.label_values,
            "embedding_model": rows.embedding_model,
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


def labelled(warehouse: Warehouse, relation: str) -> Labelled | None:
    """What the rows of that relation say of themselves; None where there is no row.

    Raises `ConfigurationError` where they are of several tasks, or are no rows of `filter_rows`.
    """
    missing = {*_TERMS.split(", "), "split", "request_key", "embedding", "is_wanted", "is_corrected"} - {
        name.lower() for name in warehouse.columns(f"select * from {relation}")
    }
    if missing:
        raise ConfigurationError(
            [
                "the rows are not those of filter_rows. Expected a model that is `{{ dbt_llm.filter_rows(…) }}`;"
                f" got one without the column {min(missing)}."
            ]
        )
    found = warehouse.rows(
        f"select {_TERMS}, sum(case when is_corrected then 1 else 0 end) as corrected_rows from {relation} group by {_TERMS}"
    )
    if not found:
        return None
    if len(found) > 1:
        raise ConfigurationError(
            ["the rows are of several filters. Expected those of one task; got more. Train on one at a time."]
        )
    [row] = found
    stated: dict[str, Any] = dict(zip([*_TERMS.split(", "), "corrected_rows"], row, strict=True))
    demand = Demand(float(stated.pop("stated_recall")), float(stated.pop("stated_confidence")))
    # A warehouse may sum up to a decimal.
    stated.update((name, int(stated[name])) for name in ("unasked_audit_rows", "corrected_rows"))
    return Labelled(relation=relation, demand=demand, **stated)


def train_on(warehouse: Warehouse, rows: Labelled) -> Trained:
    """Learn from some of the rows and prove on the others, each set of which the recall must hold on.

    Raises `ConfigurationError` where a part of the audit is not asked yet, and where the embeddings are no matrix of numbers.
    """
    if rows.unasked_audit_rows:
        # What is left out of it by chance would not be a sample of the rows.
        raise ConfigurationError(
            [
                f"{rows.unasked_audit_rows} rows of the audit are not asked yet, as filter.audit was less. Expected a run since"
                " it was changed; got none. Run the task first."
            ]
        )
    streamed = warehouse.stream(f"select split, embedding, is_wanted from {rows.relation} order by split, request_key")
    parts = {split: _arrays(part) for split, part in groupby(streamed, key=lambda row: row[0])}
    lengths = {part.embeddings.shape[1] for part in parts.values()}
    if len(lengths) > 1:
        raise _several_lengths(lengths)
    nothing = Rows(np.zeros((0, max(lengths, default=0)), dtype=np.float32), np.zeros(0, dtype=np.bool_))
    proofs = [parts.get("held_out", nothing), *([parts["golden"]] if "golden" in parts else [])]
    return Trained(train(parts.get("learned", nothing), proofs, rows.demand), rows)


def _arrays(rows: Iterable[tuple[Any, ...]]) -> Rows:
    embeddings, wanted = [], []
    for _, embedding, is_wanted in rows:
        try:
            embeddings.append(np.asarray(embedding, dtype=np.float32))
        except (TypeError, ValueError):
            raise _no_number() from None
        wanted.append(bool(is_wanted))
    lengths = {len(embedding) for embedding in embeddings}
    if len(lengths) > 1:
        raise _several_lengths(lengths)
    matrix = np.stack(embeddings)
    if not np.isfinite(matrix).all():
        raise _no_number()
    return Rows(matrix, np.asarray(wanted, dtype=np.bool_))


def _several_lengths(lengths: set[int]) -> ConfigurationError:
    return ConfigurationError(
        [f"the embeddings have several lengths. Expected one; got {min(lengths)} to {max(lengths)}. Embed all rows by one model."]
    )


def _no_number() -> ConfigurationError:
    return ConfigurationError(
        ["an embedding has something that is no number. Expected finite numbers; got NaN, NULL or infinity."]
    )
