"""A filter's threshold: what is proven of it, what is refused, and what it must not be made from."""

from math import comb

import numpy as np
import pytest
from scipy.stats import binom, norm

from dbt_llm import filters
from dbt_llm.filters import Demand, Filter, Rows, order_of_threshold, positives_needed, proven_recall

DEMAND = Demand(0.95, 0.95)
HISTORIES = 1_000
MOST_VIOLATED = int(binom.ppf(0.999, HISTORIES, 1 - DEMAND.confidence))
"""As many as a promise that is just kept breaks in one of a thousand such tests; the seeds are fixed."""


def train(learn: Rows, proofs: list[Rows], demand: Demand) -> Filter:
    """By one strength: to choose among several takes seconds, and is tried once below."""
    return filters.train(learn, proofs, demand, strengths=(1.0,))


def rows(seed: int, count: int, rate: float, distance: float = 3.0, dimensions: int = 4) -> Rows:
    random = np.random.default_rng(seed)
    wanted = random.random(count) < rate
    embeddings = random.standard_normal((count, dimensions))
    embeddings[wanted, 0] += distance
    return Rows(embeddings, wanted)


def true_recall(found: Filter, distance: float = 3.0) -> float:
    """Of all rows of `rows`, not of a sample."""
    assert found.threshold is not None
    length = np.linalg.norm(found.coefficients)
    return float(norm.sf((found.threshold - found.intercept - distance * found.coefficients[0]) / length))


@pytest.mark.parametrize(
    ("positives", "recall", "confidence"),
    [(58, 0.95, 0.95), (59, 0.95, 0.95), (93, 0.95, 0.95), (400, 0.9, 0.99), (10, 0.5, 0.8)],
)
def test_the_order_is_the_largest_that_the_binomial_allows(positives: int, recall: float, confidence: float) -> None:
    def at_least(order: int) -> float:
        return sum(comb(positives, k) * (1 - recall) ** k * recall ** (positives - k) for k in range(order, positives + 1))

    expected = max((k for k in range(1, positives + 1) if at_least(k) >= confidence), default=0)
    assert order_of_threshold(positives, recall, confidence) == expected


def test_the_fewest_rows_that_prove_anything() -> None:
    assert positives_needed(0.95, 0.95) == 59
    assert positives_needed(0.99, 0.95) == 299
    assert positives_needed(0.9, 0.9) == 22
    assert order_of_threshold(58, 0.95, 0.95) == 0 and order_of_threshold(59, 0.95, 0.95) == 1


def test_the_proven_recall_is_the_bound_of_clopper_and_pearson() -> None:
    # Of 59, the lowest: all of them are above or at it, and 0.05 ** (1 / 59) is the bound of 59 of 59.
    assert proven_recall(59, 1, 0.95) == pytest.approx(0.05 ** (1 / 59))
    for positives in (59, 93, 250, 1_000):
        order = order_of_threshold(positives, 0.95, 0.95)
        assert proven_recall(positives, order, 0.95) >= 0.95 > proven_recall(positives, order + 1, 0.95)


@pytest.mark.parametrize(("rate", "count"), [(0.01, 20_000), (0.05, 4_000), (0.3, 600)])
def test_the_stated_recall_is_violated_no_more_often_than_stated(rate: float, count: int) -> None:
    """Only the threshold is redrawn: whatever the score is, the promise is of it. `make bench` trains the score too."""
    random = np.random.default_rng(round(rate * 100))
    positives = random.binomial(count // 2, rate, HISTORIES)
    violated = careless = refused = 0
    for n in positives:
        order = order_of_threshold(int(n), *vars(DEMAND).values())
        scores = np.sort(random.standard_normal(n))
        refused += order == 0
        violated += order > 0 and norm.sf(scores[order - 1]) < DEMAND.recall
        # The share in the sample, as one would take it without a bound.
        careless += norm.sf(scores[int(n * (1 - DEMAND.recall))]) < DEMAND.recall
    assert violated <= MOST_VIOLATED
    assert careless > 5 * MOST_VIOLATED, "the test could not tell a threshold that is only so on the sample"
    assert refused < HISTORIES / 100


def test_equal_scores_only_raise_the_recall() -> None:
    learn = rows(1, 400, 0.5)
    held_out = Rows(np.round(rows(2, 400, 0.5).embeddings), rows(2, 400, 0.5).wanted)
    found = train(learn, [held_out], DEMAND)
    order = order_of_threshold(held_out.positives, 0.95, 0.95)
    below = ~found.passes(held_out.embeddings[held_out.wanted])
    assert below.sum() <= order - 1


def test_a_filter_that_is_proven_lets_little_through_and_what_is_no_number() -> None:
    found = train(rows(1, 4_000, 0.1), [rows(2, 4_000, 0.1)], DEMAND)
    assert found.refusal is None and found.proven_recall is not None
    assert true_recall(found) >= 0.95 <= found.proven_recall
    fresh = rows(3, 4_000, 0.1)
    assert 0.1 < found.passes(fresh.embeddings).mean() < 0.25
    assert found.passed_share == pytest.approx(found.passes(fresh.embeddings).mean(), abs=0.03)
    assert found.passes(np.full((1, 4), np.nan)).all()
    assert train(rows(1, 4_000, 0.1), [rows(2, 4_000, 0.1)], DEMAND).version == found.version


@pytest.mark.parametrize(
    ("learn", "held_out", "said"),
    [
        (rows(1, 2_000, 0.1), rows(2, 500, 0.05), r"\d\d wanted rows to prove it on: it takes 59"),
        (rows(1, 500, 0.005), rows(2, 4_000, 0.1), r"wanted rows and \d+ others to learn from.*it takes 10, 10 and 59"),
        (rows(1, 500, 1.0), rows(2, 500, 1.0), r"500 wanted rows and 0 others to learn from"),
        (rows(1, 2_000, 0.1, distance=0.0), rows(2, 4_000, 0.1, distance=0.0), r"more than 90% are not worth a filter"),
        (Rows(np.zeros((0, 0)), np.zeros(0, dtype=np.bool_)), rows(2, 4_000, 0.1), r"0 wanted rows and 0 others"),
    ],
)
def test_what_is_not_proven_lets_everything_through_and_says_what_it_takes(learn: Rows, held_out: Rows, said: str) -> None:
    found = train(learn, [held_out], DEMAND)
    assert found.threshold is None and found.proven_recall is None
    assert found.refusal is not None
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(found.refusal)
    assert found.positives_needed == 59
    assert found.passes(np.full((5, len(found.coefficients)), -100.0)).all()


def test_golden_rows_must_prove_it_too() -> None:
    learn, held_out = rows(1, 4_000, 0.1), rows(2, 4_000, 0.1)
    alone = train(learn, [held_out], DEMAND)
    # Golden rows are often the hard ones.
    hard = train(learn, [held_out, rows(3, 2_000, 0.1, distance=2.0)], DEMAND)
    assert alone.threshold is not None and hard.threshold is not None
    assert hard.threshold < alone.threshold
    few = train(learn, [held_out, rows(3, 100, 0.1)], DEMAND)
    assert few.threshold is None and "to prove it on" in str(few.refusal)


def test_the_strength_is_chosen_on_the_rows_to_learn_from() -> None:
    """Among many columns of noise a strong regularisation is the better one."""
    learn, held_out = rows(1, 300, 0.3, distance=2.0, dimensions=100), rows(2, 2_000, 0.3, distance=2.0, dimensions=100)
    loose = filters.train(learn, [held_out], DEMAND, strengths=(100.0,))
    chosen = filters.train(learn, [held_out], DEMAND, strengths=(0.01, 100.0))
    assert chosen.passed_share is not None and chosen.passed_share < (loose.passed_share or 1.0)


def test_the_score_does_not_depend_on_the_length_of_embeddings() -> None:
    learn, held_out = rows(1, 2_000, 0.2), rows(2, 2_000, 0.2)
    found = train(learn, [held_out], DEMAND)
    longer = [Rows(part.embeddings * 1_000, part.wanted) for part in (learn, held_out)]
    scaled = train(longer[0], [longer[1]], DEMAND)
    assert (scaled.passes(longer[1].embeddings) == found.passes(held_out.embeddings)).mean() > 0.999
