"""The filter's promise, held against histories of which the truth is known; how long a shift goes unseen; and public data.

Nothing is timed here. Each table says what is promised beside what was found; where it is broken the exit status is 1.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm

from dbt_llm.filters import Demand, Filter, Rows, train

DATA = Path(__file__).parents[2] / "shared" / "data"
DEMAND = Demand(0.95, 0.95)
DIMENSIONS = 8
Array = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """Rows in a few dimensions; the wanted ones are plain or hard, in known shares, so that the recall of a line is known."""

    rate: float
    middles: tuple[Array, ...]
    weights: tuple[float, ...]

    def rows(self, random: np.random.Generator, count: int) -> Rows:
        wanted = random.random(count) < self.rate
        embeddings = random.standard_normal((count, DIMENSIONS))
        kinds = random.choice(len(self.weights), size=count, p=self.weights)
        embeddings[wanted] += np.stack(self.middles)[kinds[wanted]]
        return Rows(embeddings, wanted)

    def recall(self, found: Filter) -> float:
        """Of all wanted rows that there could be, the share that is let through; exactly."""
        if found.threshold is None:
            return 1.0
        length = float(np.linalg.norm(found.coefficients))
        parts = (norm.sf((found.threshold - found.intercept - m @ found.coefficients) / length) for m in self.middles)
        return float(sum(weight * part for weight, part in zip(self.weights, parts, strict=True)))

    def passed(self, found: Filter) -> float:
        """Of all rows, the share that is let through; exactly."""
        if found.threshold is None:
            return 1.0
        others = norm.sf((found.threshold - found.intercept) / float(np.linalg.norm(found.coefficients)))
        return float(self.rate * self.recall(found) + (1 - self.rate) * others)


def world(random: np.random.Generator, rate: float) -> World:
    """One of many, by the seed."""
    return World(rate, (2.2 * _direction(random), 1.4 * _direction(random)), (0.7, 0.3))


def _direction(random: np.random.Generator) -> Array:
    # Near enough to one diagonal that a line can tell both kinds of wanted rows.
    towards = np.ones(DIMENSIONS) + 0.5 * random.standard_normal(DIMENSIONS)
    return np.asarray(towards / np.linalg.norm(towards) * 1.8)


def most_violations(histories: int, confidence: float = DEMAND.confidence) -> int:
    """As many as a promise that is just kept breaks in one of a thousand benches."""
    return int(binom.ppf(0.999, histories, 1 - confidence))


def halves(rows: Rows) -> tuple[Rows, Rows]:
    return Rows(rows.embeddings[::2], rows.wanted[::2]), Rows(rows.embeddings[1::2], rows.wanted[1::2])


def histories(count: int) -> bool:
    """A filter trained once, over worlds and label rates."""
    limit = most_violations(count)
    print(
        f"\n## Recall of at least {DEMAND.recall} at a confidence of {DEMAND.confidence}, over {count:,} seeded histories each\n"
    )
    _head("label rate", "answers", "refused", "violated", "of all", "in force", "at most", "met", "let through", "recall")
    kept = True
    for rate, answers in ((0.01, 4_000), (0.01, 16_000), (0.05, 1_000), (0.05, 4_000), (0.3, 300), (0.3, 2_000)):
        violated, passed, recalls = 0, [], []
        for seed in range(count):
            random = np.random.default_rng((seed, answers, round(rate * 100)))
            drawn = world(random, rate)
            learn, held_out = halves(drawn.rows(random, answers))
            found = train(learn, [held_out], DEMAND, strengths=(1.0,))
            if found.threshold is None:
                continue
            recall = drawn.recall(found)
            violated += recall < DEMAND.recall
            passed.append(drawn.passed(found))
            recalls.append(recall)
        met = violated <= limit
        kept &= met
        in_force = f"{violated / len(passed):.1%}" if passed else "–"
        _row(
            f"{rate:.0%}", f"{answers:,}", f"{1 - len(passed) / count:.1%}", violated, f"{violated / count:.1%}", in_force, limit,
            "yes" if met else "**no**", _median(passed), _median(recalls),
        )  # fmt: skip
    return kept


def _row(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def _head(*names: str) -> None:
    _row(*names)
    _row(*("--:" for _ in names))


def _median(shares: list[float]) -> str:
    return f"{np.median(shares):.1%}" if shares else "–"


def retrained(count: int, rate: float = 0.3, audit: float = 0.1) -> bool:
    """Trained again after the filter has chosen what was asked: by the rule, and as somebody would who did not think of it."""
    violated = {"the rule: before any filter, or of the audit": 0, "all that was answered": 0}
    for seed in range(count):
        random = np.random.default_rng((seed, 7))
        drawn = world(random, rate)
        learn, held_out = halves(drawn.rows(random, 1_000))
        first = train(learn, [held_out], DEMAND, strengths=(1.0,))
        later = drawn.rows(random, 6_000)
        is_audited = random.random(len(later.wanted)) < audit
        is_answered = first.passes(later.embeddings) | is_audited
        half = random.random(len(later.wanted)) < 0.5
        for name, is_proof in zip(violated, (half & is_audited, half & is_answered), strict=True):
            new = [_part(later, is_answered & ~is_proof), _part(later, is_proof)]
            again = train(_joined(learn, new[0]), [_joined(held_out, new[1])], DEMAND, strengths=(1.0,))
            violated[name] += drawn.recall(again) < DEMAND.recall
    limit = most_violations(count)
    print(f"\n## The same, trained again when a filter has chosen what is asked ({audit:.0%} audit, {rate:.0%} wanted)\n")
    _head("held out", "violated", "of all", "at most", "met")
    for name, times in violated.items():
        _row(name, times, f"{times / count:.1%}", limit, "yes" if times <= limit else "**no**")
    [by_rule, thoughtless] = violated.values()
    return by_rule <= limit < thoughtless


def _part(rows: Rows, chosen: NDArray[np.bool_]) -> Rows:
    return Rows(rows.embeddings[chosen], rows.wanted[chosen])


def _joined(one: Rows, other: Rows) -> Rows:
    return Rows(np.concatenate([one.embeddings, other.embeddings]), np.concatenate([one.wanted, other.wanted]))


def shifts(count: int, rows: int = 10_000, audit: float = 0.02, window: int = 30, most: int = 120) -> None:
    """After how many runs the test filter_recall_at_least fails."""
    print(print(f"\n## Runs until the test fails: {rows:,} new rows a run, an audit of {audit:.0%}, the last {window} runs\n"))
    _head("label rate", "recall was", "recall is", "good runs before", "median", "90 %", f"unseen after {most} runs")
    for rate in (0.01, 0.05, 0.3):
        for was, now, before in ((0.97, 0.8, 0), (0.97, 0.8, 30), (0.97, 0.5, 0), (0.97, 0.5, 30)):
            random = np.random.default_rng((round(rate * 100), round(now * 100), before))
            seen = runs_until_noticed(random, count, rows * audit * rate, (was, now, before), window, most)
            unseen = f"{np.isinf(seen).mean():.1%}"
            _row(f"{rate:.0%}", was, now, before, _quantile(seen, 0.5), _quantile(seen, 0.9), unseen)
    print()
    _head("label rate", "recall is", "fails in the first 30 runs, for nothing")
    for rate in (0.01, 0.05, 0.3):
        for recall in (0.95, 0.96, 0.97):
            random = np.random.default_rng((round(rate * 100), round(recall * 100), 1))
            seen = runs_until_noticed(random, count, rows * audit * rate, (recall, recall, 0), window, 30)
            _row(f"{rate:.0%}", recall, f"{np.isfinite(seen).mean():.1%}")


def runs_until_noticed(
    random: np.random.Generator, count: int, wanted_each: float, shift: tuple[float, float, int], window: int, most: int
) -> Array:
    """For each seed the run after the shift in which the test fails first; infinity where none. Earlier ones do not count."""
    was, now, before = shift
    recalls = np.concatenate([np.full(before, was), np.full(most, now)])
    wanted = random.poisson(wanted_each, (count, len(recalls)))
    found = random.binomial(wanted, recalls)
    pooled = [np.concatenate([np.zeros((count, 1), dtype=int), np.cumsum(part, axis=1)], axis=1) for part in (wanted, found)]
    starts = np.maximum(np.arange(1, len(recalls) + 1) - window, 0)
    n, hits = (part[:, 1:] - part[:, starts] for part in pooled)
    fails = (binom.sf(n - hits - 1, n, 1 - DEMAND.recall) < 0.05)[:, before:]
    return np.where(fails.any(axis=1), fails.argmax(axis=1) + 1.0, np.inf)


def _quantile(seen: Array, fraction: float) -> str:
    value = np.quantile(seen, fraction, method="higher")
    return "–" if np.isinf(value) else f"{value:.0f}"


TOP_UPS = (
    "automatic_top_up", "pending_top_up", "top_up_by_bank_transfer_charge", "top_up_by_card_charge", "top_up_by_cash_or_cheque",
    "top_up_failed", "top_up_limits", "top_up_reverted", "topping_up_by_card", "verify_top_up",
)  # fmt: skip


def banking77(dimensions: int = 4096) -> None:
    """Real questions; embeddings are no more than hashed character n-grams, and answers are the labels that people gave."""
    if not DATA.is_dir():
        print("\nThe Banking77 data is not beside this checkout: it is not part of the project. Left out.")
        return
    texts, intents = _questions()
    from sklearn.feature_extraction.text import HashingVectorizer

    hashed = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=dimensions, alternate_sign=True, norm="l2")
    embeddings = hashed.transform(texts).toarray().astype(np.float32)
    print(f"\n## Banking77: {len(texts):,} distinct questions, {dimensions} hashed character n-grams\n")
    _head(
        "wanted", "rows", "share", "stated recall", "answers", "outcome", "recall on the rest", "F1 on the rest",
        "calls on the rest, with a 2 % audit", "times fewer", "calls in all",
    )  # fmt: skip
    for name, wanted_intents in {"card_arrival": ("card_arrival",), "ten intents on top-ups": TOP_UPS}.items():
        wanted = np.isin(intents, wanted_intents)
        for recall in (0.85, 0.9, 0.95):
            for answers in (2_000, 6_500):
                _banking_row(name, wanted, embeddings, Demand(recall, 0.95), answers)


def _banking_row(name: str, wanted: NDArray[np.bool_], embeddings: Any, demand: Demand, answers: int) -> None:
    # Shuffled once, as the requests' keys are.
    order = np.random.default_rng(77).permutation(len(wanted))
    learn, held_out = halves(Rows(embeddings[order[:answers]], wanted[order[:answers]]))
    found = train(learn, [held_out], demand)
    head = (name, f"{wanted.sum():,}", f"{wanted.mean():.1%}", demand.recall, f"{answers:,}")
    if found.threshold is None:
        _row(*head, f"refused: {found.refusal}", "–", "–", "100 %", 1, "100 %")
        return
    rest = order[answers:]
    asked = found.passes(embeddings[rest]) | (np.random.default_rng(2).random(len(rest)) < 0.02)
    recall = float((asked & wanted[rest]).sum() / wanted[rest].sum())
    calls = float(asked.mean())
    in_all = (answers + asked.sum()) / len(wanted)
    f1 = 2 * recall / (1 + recall)
    proven = f"proven {found.proven_recall:.3f} on {found.positives}"
    _row(*head, proven, f"{recall:.3f}", f"{f1:.3f}", f"{calls:.1%}", f"{1 / calls:.1f}", f"{in_all:.1%}")


def _questions() -> tuple[list[str], NDArray[np.str_]]:
    found: dict[str, str] = {}
    for name in ("banking77_train.csv", "banking77_test.csv"):
        with (DATA / name).open(newline="", encoding="utf-8") as file:
            found.update((row["text"], row["category"]) for row in csv.DictReader(file))
    return list(found), np.array(list(found.values()))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench filter")
    parser.add_argument("--histories", type=int, default=1_000)
    options = parser.parse_args()
    kept = histories(options.histories)
    kept &= retrained(options.histories)
    shifts(options.histories)
    banking77()
    if not kept:
        sys.exit("A promise is broken, or the comparison that must break it does not.")


if __name__ == "__main__":
    main()
