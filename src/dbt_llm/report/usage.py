"""Day by day: requests and their cost, what the cache and the sharing of equal prompts spared, and how long a request took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .figures import COLOURS, DASHES, SYMBOLS, Figure, Section, Table, bar, dollars, missing, number, plain
from .source import Source

_REQUESTS = "Requests and cost"


def requests(source: Source) -> Section:
    """From dbt_llm__usage_daily."""
    words = missing("dbt_llm__usage_daily", source.tables)
    if words:
        return Section("volume", _REQUESTS, words)
    rows = source.rows(
        """
        select usage_date, task, sum(requests)::bigint as requests, round(sum(cost_usd)::double, 9) as cost_usd
        from dbt_llm__usage_daily
        where requests > 0
        group by usage_date, task
        order by usage_date, task
        """
    )
    if not rows:
        return Section("volume", _REQUESTS, ["No request was sent yet."])
    figures: list[Figure] = [stacked("Requests per day", "requests", _days(rows), _series(rows, "requests"), number)]
    priced = [row for row in rows if row["cost_usd"] is not None]
    words = ["A request is one call for one distinct prompt, counted on the day of its answer, attempts that failed too."]
    if priced:
        figures.append(stacked("Cost per day", "USD", _days(rows), _series(priced, "cost_usd"), dollars))
    else:
        words.append("No endpoint has a price, so there is no cost to show.")
    return Section("volume", _REQUESTS, words, figures)


def _days(rows: list[dict[str, Any]]) -> list[Any]:
    return sorted({row["usage_date"] for row in rows})


def _series(rows: list[dict[str, Any]], column: str) -> dict[str, dict[Any, float]]:
    series: dict[str, dict[Any, float]] = {}
    for row in rows:
        series.setdefault(row["task"], {})[row["usage_date"]] = row[column]
    return dict(sorted(series.items()))


_SPARED = "Paid, and spared"
COUNTS = {"sent": "requests", "answered from the cache": "cache_hits", "same prompt as another row": "deduplicated_rows"}
AMOUNTS = {"paid": "cost_usd", "spared": "saved_usd"}


def spared(source: Source) -> Section:
    """From dbt_llm__usage_daily."""
    words = missing("dbt_llm__usage_daily", source.tables)
    if words:
        return Section("cache", _SPARED, words)
    rows = source.rows(
        """
        select
            usage_date,
            sum(requests)::bigint as requests,
            sum(cache_hits)::bigint as cache_hits,
            sum(deduplicated_rows)::bigint as deduplicated_rows,
            round(sum(cost_usd)::double, 9) as cost_usd,
            round(sum(saved_usd)::double, 9) as saved_usd
        from dbt_llm__usage_daily
        group by usage_date
        order by usage_date
        """
    )
    if not rows:
        return Section("cache", _SPARED, ["No run was recorded yet."])
    days = [row["usage_date"] for row in rows]
    series = {name: {row["usage_date"]: row[column] or 0 for row in rows} for name, column in COUNTS.items()}
    figures: list[Figure] = [stacked("How each row with a prompt got its answer", "rows and requests", days, series, number)]
    amounts = {
        name: {row["usage_date"]: row[column] for row in rows if row[column] is not None} for name, column in AMOUNTS.items()
    }
    if any(amounts.values()):
        figures.append(stacked("Paid, and what the spared ones would have cost", "USD", days, amounts, dollars))
        words = ["What is spared is counted in every run, at the mean cost of an answer of the same task and version."]
    else:
        sent = any(row["requests"] for row in rows)
        words = [
            "No endpoint has a price, so what was spared has none either."
            if sent
            else "Nothing was sent, so nothing was paid; what was spared has no price here."
        ]
    return Section("cache", _SPARED, words, figures)


_LATENCY = "Latency"
PERCENTILES = {"median": "p50", "95 %": "p95", "99 %": "p99"}


def latency(source: Source) -> Section:
    """From dbt_llm__responses."""
    words = missing("dbt_llm__responses", source.tables)
    if words:
        return Section("latency", _LATENCY, words)
    rows = source.rows(
        """
        select
            responded_at::date as usage_date,
            task,
            count(*)::bigint as requests,
            quantile_cont(latency_ms, 0.5)::double as p50,
            quantile_cont(latency_ms, 0.95)::double as p95,
            quantile_cont(latency_ms, 0.99)::double as p99
        from dbt_llm__responses
        where latency_ms is not null and responded_at is not null
        group by all
        order by usage_date, task
        """
    )
    if not rows:
        return Section("latency", _LATENCY, ["No response was timed: on a warehouse, and in a batch, nobody can."])
    table = Table(
        ["day (UTC)", "task", "requests", *(f"{name}, ms" for name in PERCENTILES)],
        [
            [str(row["usage_date"]), row["task"], number(row["requests"]), *(number(row[p]) for p in PERCENTILES.values())]
            for row in rows
        ],
    )
    days = sorted({row["usage_date"] for row in rows})
    layout = {
        "showlegend": True,
        "legend": LEGEND,
        "xaxis": {"type": "category" if len(days) < 15 else "date", "tickangle": 0 if len(days) < 8 else "auto"},
        "yaxis": {"title": {"text": "milliseconds"}, "rangemode": "tozero"},
    }
    words = ["From the request to its answer, the waits of tries within it included; a try in a later run counts anew."]
    tasks = sorted({row["task"] for row in rows})
    return Section(
        "latency", _LATENCY, words, [Figure("Milliseconds per request", _lines(tasks, rows), layout, table, height=360)]
    )


def _lines(tasks: Sequence[str], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A task is a colour, a percentile a dash and a symbol."""
    return [
        {
            "type": "scatter", "mode": "lines+markers", "name": f"{plain(task)}: {name}",
            "x": [str(row["usage_date"]) for row in rows if row["task"] == task],
            "y": [row[percentile] for row in rows if row["task"] == task],
            "line": {"color": COLOURS[t % len(COLOURS)], "dash": DASHES[p % len(DASHES)]},
            "marker": {"symbol": SYMBOLS[p % len(SYMBOLS)], "size": 8},
            "hovertemplate": "%{x}<br>%{y:,.0f} ms",
        }
        for t, task in enumerate(tasks)
        for p, (name, percentile) in enumerate(PERCENTILES.items())
    ]  # fmt: skip


LEGEND = {"orientation": "h", "y": -0.18, "x": 0}


def stacked(
    title: str, unit: str, days: Sequence[Any], series: dict[str, dict[Any, float]], told: Callable[[Any], str]
) -> Figure:
    """Bars that stand on each other, a colour for each name. `series`: name -> day -> value, 0 where it is not there."""
    data = [
        {
            "type": "bar",
            "name": plain(name),
            "x": [str(day) for day in days],
            "y": [float(values.get(day, 0) or 0) for day in days],
            "marker": bar(n),
            "hovertemplate": f"%{{x}}<br>%{{y:,}} {plain(unit)}",
        }
        for n, (name, values) in enumerate(series.items())
    ]
    layout = {
        "barmode": "stack",
        "showlegend": len(series) > 1,
        "legend": LEGEND,
        # Days without runs leave no hole where they are many, and a single day is a bar and not a wall.
        "xaxis": {"type": "category" if len(days) < 15 else "date", "tickangle": 0 if len(days) < 8 else "auto"},
        "yaxis": {"title": {"text": plain(unit)}, "rangemode": "tozero"},
        "bargap": 0.35 if len(days) > 3 else 0.75,
    }
    rows = [[str(day), name, told(values[day])] for day in days for name, values in series.items() if day in values]
    return Figure(title, data, layout, Table(["day (UTC)", "", unit], rows))
