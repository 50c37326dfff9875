"""How long a request took, by task and day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..section import COLOURS, DASHES, SYMBOLS, Figure, Section, Table, missing
from ..source import Source
from ..text import number, plain
from .days import LEGEND

TITLE = "Latency"
PERCENTILES = {"median": "p50", "95 %": "p95", "99 %": "p99"}


def section(source: Source) -> Section:
    """From dbt_llm__responses."""
    words = missing("dbt_llm__responses", source.tables)
    if words:
        return Section("latency", TITLE, words)
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
        return Section("latency", TITLE, ["No response was timed: on a warehouse, and in a batch, nobody can."])
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
    return Section("latency", TITLE, words, [Figure("Milliseconds per request", _lines(tasks, rows), layout, table, height=360)])


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
