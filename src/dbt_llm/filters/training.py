"""Logistic regression over embeddings, and its threshold on rows that it has not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..client import MissingDependencyError
from .tolerance import order_of_threshold, positives_needed, proven_recall

FEWEST_TO_LEARN = 10
"""Wanted rows, and others, below which a regression is fitted to accidents."""

MOST_PASSED = 0.9
"""A filter that lets more than this share through is not worth what it may lose."""

STRENGTHS = (0.1, 1.0, 10.0, 100.0)
"""Inverse regularisation strengths, among which the rows to learn from choose."""

MARGIN = 1e-6
"""So much lower is the threshold, in units of the score: a warehouse adds up in another order, and in single precision."""


@dataclass(frozen=True)
class Rows:
    """Labelled rows, in an order that says nothing of them.

    `embeddings`: shape (rows, dimensions). `wanted`: shape (rows,), whether the row has the wanted label.
    """

    embeddings: NDArray[np.floating[Any]]
    wanted: NDArray[np.bool_]

    @property
    def positives(self) -> int:
        return int(self.wanted.sum())


@dataclass(frozen=True)
class Demand:
    """The recall that must hold, and how sure that must be; both above 0 and below 1."""

    recall: float
    confidence: float


@dataclass(frozen=True)
class Filter:
    """A score, `intercept + embedding · coefficients`, and the threshold from which a row is let through.

    `threshold` is None where the demand is not proven: `refusal` says why, and all rows are let through.
    """

    intercept: float
    coefficients: NDArray[np.float64]
    threshold: float | None
    demand: Demand
    proven_recall: float | None
    """The recall of the lowest proof, with the confidence of the demand."""
    positives: int
    """Wanted rows that it was proven on; of the smallest proof, where there are several."""
    positives_needed: int
    passed_share: float | None
    """Of the held-out rows, those that the threshold lets through."""
    learned_rows: int
    held_out_rows: int
    refusal: str | None

    @property
    def version(self) -> str:
        """12 hex digits: the same score and threshold are the same filter."""
        told = hashlib.sha256(self.coefficients.tobytes())
        told.update(repr((self.intercept, self.threshold, self.demand, self.refusal)).encode())
        return told.hexdigest()[:12]

    def scores(self, embeddings: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """The score of each row; shape (rows,)."""
        return np.asarray(embeddings @ self.coefficients + self.intercept, dtype=np.float64)

    def passes(self, embeddings: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        """Whether each row is let through; shape (rows,). A score that is no number is."""
        if self.threshold is None:
            return np.ones(len(embeddings), dtype=np.bool_)
        return ~(self.scores(embeddings) < self.threshold)


def train(learn: Rows, proofs: Sequence[Rows], demand: Demand, *, strengths: Sequence[float] = STRENGTHS) -> Filter:
    """Fit the score on `learn`; choose the threshold that holds on each of `proofs`, each with the whole confidence.

    `learn` and `proofs` have no row in common, and each of `proofs` is drawn as the rows are that will come: the first from the
    answers, the others such as golden rows. The lowest of their thresholds is taken, which each of them allows.
    Nothing is random. Raises `MissingDependencyError` without scikit-learn.
    """
    needed = positives_needed(demand.recall, demand.confidence)
    positives = min(rows.positives for rows in proofs)
    refusal = _too_few(learn, proofs[0], positives, needed)
    dimensions = learn.embeddings.shape[1]
    intercept, coefficients = (0.0, np.zeros(dimensions)) if refusal else _fitted(learn, strengths)
    held_out = proofs[0]
    found = Filter(
        intercept, coefficients, None, demand, None, positives, needed, None, len(learn.wanted), len(held_out.wanted), refusal
    )
    if refusal:
        return found
    threshold, proven = min(_threshold(found, rows) for rows in proofs)
    threshold -= MARGIN * max(1.0, float(np.abs(coefficients).max()))
    passed = float((found.scores(held_out.embeddings) >= threshold).mean())
    if passed > MOST_PASSED:
        said = (
            f"the threshold that keeps this recall lets {passed:.1%} of the rows through, and more than {MOST_PASSED:.0%}"
            " are not worth a filter: the embeddings hardly tell the wanted rows from the others"
        )
        return replace(found, passed_share=passed, refusal=said)
    return replace(found, threshold=threshold, proven_recall=proven, passed_share=passed)


def _too_few(learn: Rows, held_out: Rows, positives: int, needed: int) -> str | None:
    others = len(learn.wanted) - learn.positives
    seen, wanted = len(learn.wanted) + len(held_out.wanted), learn.positives + held_out.positives
    # About half of all answers are held out.
    answers = f"; at the share so far about {2 * needed * seen // wanted:,} answers" if wanted else ""
    if learn.positives < FEWEST_TO_LEARN or others < FEWEST_TO_LEARN:
        return (
            f"{learn.positives} wanted rows and {others} others to learn from, and {positives} wanted ones to prove it on:"
            f" it takes {FEWEST_TO_LEARN}, {FEWEST_TO_LEARN} and {needed}{answers}"
        )
    if positives < needed:
        return f"{positives} wanted rows to prove it on: it takes {needed}{answers}"
    return None


def _threshold(found: Filter, rows: Rows) -> tuple[float, float]:
    """The k-th lowest score of the wanted rows, and the recall that it proves."""
    order = order_of_threshold(rows.positives, found.demand.recall, found.demand.confidence)
    scores = found.scores(rows.embeddings[rows.wanted])
    return float(np.partition(scores, order - 1)[order - 1]), proven_recall(rows.positives, order, found.demand.confidence)


def _fitted(learn: Rows, strengths: Sequence[float]) -> tuple[float, NDArray[np.float64]]:
    try:
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
        from sklearn.model_selection import cross_val_score  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingDependencyError(
            "dbt_llm.filters: scikit-learn is not installed. Run: pip install 'dbt-llm[filter]'"
        ) from error
    # Embeddings come in any length, and a strength means something at one length only.
    size = float(np.sqrt((learn.embeddings.astype(np.float64) ** 2).sum(axis=1).mean())) or 1.0
    scaled = learn.embeddings / size

    def regression(strength: float) -> Any:
        return LogisticRegression(C=strength, class_weight="balanced", max_iter=1000)

    def precision(strength: float) -> float:
        return float(cross_val_score(regression(strength), scaled, learn.wanted, cv=3, scoring="average_precision").mean())

    model = regression(max(strengths, key=precision) if len(strengths) > 1 else strengths[0])
    model.fit(scaled, learn.wanted)
    return float(model.intercept_[0]), np.asarray(model.coef_[0], dtype=np.float64) / size
