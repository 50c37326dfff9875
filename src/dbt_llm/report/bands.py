"""The band of a drift plot: the values at which dbt_llm__drift would have called a share stable.

It is the rule of macros/monitoring/drift.sql, solved for the value: a share moves where it is farther from its baseline
than both the noise of the answers and the spread of the runs explain, at two standard deviations of all comparisons of the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, exp, pi, sin, sqrt
from statistics import NormalDist, stdev

SIGMA = 2.0


@dataclass(frozen=True)
class Point:
    """A share in a run, and the distinct answers behind it."""

    value: float
    answers: float


def band(baseline: Sequence[Point], answers: float, compared: int, sigma: float = SIGMA) -> tuple[float, float]:
    """Return the least and the greatest share, from 0 to 1, that would not move against these runs.

    `answers`: of the run that is judged; `compared`: how many statistics it compares.
    """
    normal = NormalDist()
    tail = normal.cdf(-sigma) / max(compared, 1)
    deviations = -normal.inv_cdf(tail)
    total = sum(point.answers for point in baseline)
    share = sum(point.value * point.answers for point in baseline) / total
    centre = _angle(share, total)
    noise = deviations * sqrt(1 / (4 * answers + 2) + 1 / (4 * total + 2))
    # Half an answer was taken off the difference.
    low = _share(centre - noise, answers) - 0.5 / answers
    high = _share(centre + noise, answers) + 0.5 / answers
    angles = [_angle(point.value, point.answers) for point in baseline]
    spread = stdev(angles) if len(angles) > 1 else 0.0
    if spread > 0:
        middle = sum(angles) / len(angles)
        reach = _student(deviations, len(angles) - 1) * spread * sqrt(1 + 1 / len(angles))
        low, high = min(low, _share(middle - reach, answers)), max(high, _share(middle + reach, answers))
    return max(low, 0.0), min(high, 1.0)


def _angle(share: float, total: float) -> float:
    return asin(sqrt((share * total + 0.375) / (total + 0.75)))


def _share(angle: float, total: float) -> float:
    return (sin(min(max(angle, 0.0), pi / 2)) ** 2 * (total + 0.75) - 0.375) / total


def _student(deviations: float, degrees: int) -> float:
    """Wallace's approximation, from the normal deviate back to t."""
    return sqrt(degrees * (exp((deviations * (8 * degrees + 3) / (8 * degrees + 1)) ** 2 / degrees) - 1))
