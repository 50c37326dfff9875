"""How low a threshold must be: one order statistic of the wanted rows' scores, fixed by their number alone.

Of `n` wanted rows that the score was not made from, let the threshold be the k-th lowest score. The share of all wanted rows that
lie below it is then a Beta(k, n - k + 1), whatever the scores are distributed like (Wilks 1941), and so

    P(recall >= r) = P(Binomial(n, 1 - r) >= k)

exactly, and more where scores are equal. `k` follows from n, r and the confidence, before a score is looked at: nothing is
chosen among thresholds, so nothing needs to be corrected for. docs/decisions/0038-a-filter-with-a-stated-recall.md says why not
otherwise.
"""

from __future__ import annotations

import math
from typing import Any

from ..client import MissingDependencyError


def order_of_threshold(positives: int, recall: float, confidence: float) -> int:
    """The largest k whose k-th lowest score has that recall with that confidence; 0 where there are too few rows for any.

    `positives`: the wanted rows that are held out. `recall`, `confidence`: above 0 and below 1.
    """
    binom = _distributions().binom
    low, high = 0, positives
    # The probability falls as k grows.
    while low < high:
        middle = (low + high + 1) // 2
        if binom.sf(middle - 1, positives, 1 - recall) >= confidence:
            low = middle
        else:
            high = middle - 1
    return low


def positives_needed(recall: float, confidence: float) -> int:
    """The fewest held-out wanted rows with which anything is proven: 59 for 0.95 and 0.95, 299 for 0.99 and 0.95."""
    fewest = max(1, math.ceil(math.log(1 - confidence) / math.log(recall)) - 1)
    while order_of_threshold(fewest, recall, confidence) == 0:
        fewest += 1
    return fewest


def proven_recall(positives: int, order: int, confidence: float) -> float:
    """The recall that the `order`-th lowest of so many scores has with this confidence: the bound of Clopper and Pearson.

    `order`: from 1 to `positives`.
    """
    return float(1 - _distributions().beta.ppf(confidence, order, positives - order + 1))


def _distributions() -> Any:
    try:
        from scipy import stats  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingDependencyError("dbt_llm.filters: SciPy is not installed. Run: pip install 'dbt-llm[filter]'") from error
    return stats
