"""What the answers look like, run by run, with the band in which a share counts as stable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import asin, exp, pi, sin, sqrt
from statistics import NormalDist, stdev
from typing import Any

from .figures import COLOURS, Figure, Section, Table, bar, categories, missing, percent, plain, shorten
from .source import Source

TITLE = "What the answers look like"
SHARES = ("share", "null_rate", "quarantine_rate", "refusal_rate", "pending_rate")
MOST = 12
"""Shares of a task that a reader takes in; more are counted in words."""
BESIDE = 3
"""Shares in a row of the figure."""


@dataclass
class Series:
    """A share of a task over its measured runs, oldest first."""

    name: str
    runs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def moved(self) -> int:
        return sum(run["outcome"] == "moved" for run in self.runs)

    @property
    def is_constant(self) -> bool:
        return len({run["value"] for run in self.runs}) == 1

    def bands(self) -> list[tuple[float, float] | None]:
        """The band of each run; none where it had too few runs before it."""
        points = [Point(float(run["value"]), float(run["distinct_requests"])) for run in self.runs]
        found: list[tuple[float, float] | None] = []
        for n, run in enumerate(self.runs):
            before = points[max(n - int(run["baseline_runs"]), 0) : n]
            compared = run["outcome"] in ("moved", "stable")
            found.append(band(before, points[n].answers, int(run["compared_statistics"])) if compared else None)
        return found


def drift(source: Source) -> Section:
    """From dbt_llm__drift."""
    words = missing("dbt_llm__drift", source.tables)
    if words:
        return Section("drift", TITLE, words)
    tasks = all_series(source)
    if not tasks:
        return Section("drift", TITLE, ["No run was measured yet: a run that has new answers measures them."])
    words = [
        "Each point is a run that had new answers. The band holds the values at which dbt_llm__drift calls a share stable; it"
        " begins once five runs of the same prompt version and language model came before. A diamond is a share that moved.",
    ]
    figures: list[Figure] = []
    for task, series in tasks.items():
        shown, left = _chosen(series)
        if not shown:
            words.append(f"{task} has no shares: its answers have neither labels nor nulls nor quarantine that vary.")
            continue
        if left:
            words.append(f"{task} has {left} more shares, which moved less or stand still; dbt_llm__drift has all.")
        figures.append(_figure(task, shown) if max(len(one.runs) for one in shown) > 1 else _single_run(task, shown))
    return Section("drift", TITLE, words, figures)


def all_series(source: Source) -> dict[str, list[Series]]:
    """Every share of every task, by task."""
    rows = source.rows(
        f"""
        select task, column_name, statistic, label, outcome, baseline_runs, value::double as value, distinct_requests,
            compared_statistics, baseline_value::double as baseline_value, measured_at
        from dbt_llm__drift
        where statistic in ({", ".join(f"'{name}'" for name in SHARES)}) and value is not null and distinct_requests > 0
        order by task, measured_at, invocation_id, column_name nulls last, statistic desc, label
        """
    )
    tasks: dict[str, dict[tuple[Any, ...], Series]] = {}
    for row in rows:
        key = (row["column_name"], row["statistic"], row["label"])
        series = tasks.setdefault(row["task"], {}).setdefault(key, Series(_name(*key)))
        series.runs.append(row)
    return {task: list(found.values()) for task, found in tasks.items()}


def _name(column: str | None, statistic: str, label: str | None) -> str:
    if column is None:
        return statistic.replace("_", " ")
    return f"{column} = {label}" if statistic == "share" else f"{column}: {statistic.replace('_', ' ')}"


def _chosen(series: Sequence[Series]) -> tuple[list[Series], int]:
    """Those that moved, then the largest; what stands at 0 says nothing."""
    speaking = [one for one in series if one.moved or not (one.is_constant and one.runs[-1]["value"] == 0)]
    best = sorted(speaking, key=lambda one: (-one.moved, -one.runs[-1]["value"]))[:MOST]
    return [one for one in series if one in best], len(speaking) - len(best)


def _figure(task: str, series: Sequence[Series]) -> Figure:
    rows = -(-len(series) // BESIDE)
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "grid": {"rows": rows, "columns": min(BESIDE, len(series)), "pattern": "independent", "ygap": 0.45, "xgap": 0.12},
        "showlegend": False,
        "annotations": [],
    }
    table: list[list[str]] = []
    for n, one in enumerate(series, start=1):
        suffix = "" if n == 1 else str(n)
        axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        times = [str(run["measured_at"])[:19] for run in one.runs]
        bands = one.bands()
        data += [*_band(times, bands, axes), *_points(one, times, bands, axes)]
        layout[f"xaxis{suffix}"] = {"type": "date", "nticks": 4}
        layout[f"yaxis{suffix}"] = {"tickformat": ".0%", "nticks": 5, "rangemode": "tozero"}
        layout["annotations"].append(
            {
                "text": plain(shorten(one.name)), "showarrow": False, "xref": f"x{suffix} domain", "yref": f"y{suffix} domain",
                "x": 0, "y": 1.05, "xanchor": "left", "yanchor": "bottom", "font": {"size": 13},
            }
        )  # fmt: skip
        table += [
            [
                one.name,
                time,
                percent(run["value"]),
                f"{percent(edges[0])} to {percent(edges[1])}" if edges else "–",
                run["outcome"],
            ]
            for run, time, edges in zip(one.runs, times, bands, strict=True)
        ]
    columns = ["share of", "measured (UTC)", "value", "band", "outcome"]
    return Figure(task, data, layout, Table(columns, table), height=70 + 200 * rows)


def _single_run(task: str, series: Sequence[Series]) -> Figure:
    """Bars: one run has no course."""
    values = [float(one.runs[0]["value"]) for one in series]
    data = [
        {
            "type": "bar", "orientation": "h", "y": [plain(one.name) for one in series], "x": values,
            "marker": bar(0), "hovertemplate": "%{y}<br>%{x:.1%}<extra></extra>",
        }
    ]  # fmt: skip
    layout = {
        "xaxis": {"tickformat": ".0%", "rangemode": "tozero"},
        "yaxis": {**categories([one.name for one in series]), "autorange": "reversed"},
    }
    time = str(series[0].runs[0]["measured_at"])[:19]
    table = Table(["share of", "value"], [[one.name, percent(value)] for one, value in zip(series, values, strict=True)])
    return Figure(f"{task}: one run so far, {time} UTC", data, layout, table, height=100 + 26 * len(series))


def _band(times: Sequence[str], bands: Sequence[tuple[float, float] | None], axes: dict[str, str]) -> list[dict[str, Any]]:
    known = [(time, edges) for time, edges in zip(times, bands, strict=True) if edges]
    if not known:
        return []
    around = [time for time, _ in known]
    common = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", **axes}
    return [
        {**common, "x": around, "y": [edges[1] for _, edges in known]},
        {**common, "x": around, "y": [edges[0] for _, edges in known], "fill": "tonexty", "fillcolor": "rgba(0,114,178,0.18)"},
    ]


def _points(
    series: Series, times: Sequence[str], bands: Sequence[tuple[float, float] | None], axes: dict[str, str]
) -> list[dict[str, Any]]:
    moved = [run["outcome"] == "moved" for run in series.runs]
    told = [f"<br>band {percent(edges[0])} to {percent(edges[1])}" if edges else "" for edges in bands]
    return [
        {
            "type": "scatter", "mode": "lines+markers", "name": plain(series.name), "x": times,
            "y": [float(run["value"]) for run in series.runs],
            "line": {"color": COLOURS[0], "width": 1.5},
            "marker": {
                "color": [COLOURS[5] if one else COLOURS[0] for one in moved],
                "symbol": ["diamond" if one else "circle" for one in moved],
                "size": [11 if one else 5 for one in moved],
                "opacity": 1,
            },
            "customdata": [f"{plain(run['outcome'])}{words}" for run, words in zip(series.runs, told, strict=True)],
            "hovertemplate": "%{x}<br>%{y:.1%}<br>%{customdata}<extra></extra>",
            **axes,
        }
    ]  # fmt: skip


SIGMA = 2.0


@dataclass(frozen=True)
class Point:
    """A share in a run, and the distinct answers behind it."""

    value: float
    answers: float


def band(baseline: Sequence[Point], answers: float, compared: int, sigma: float = SIGMA) -> tuple[float, float]:
    """Return the least and the greatest share, from 0 to 1, that would not move against these runs.

    It is the rule of dbt_llm__drift, solved for the value: a share moves where it is farther from its baseline than both the
    noise of the answers and the spread of the runs explain, at two standard deviations of all comparisons of the run.

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
