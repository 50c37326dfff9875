"""Requests and their cost, per task and day."""

from __future__ import annotations

from typing import Any

from ..section import Figure, Section, missing
from ..source import Source
from ..text import dollars, number
from .days import stacked

TITLE = "Requests and cost"


def section(source: Source) -> Section:
    """From dbt_llm__usage_daily."""
    words = missing("dbt_llm__usage_daily", source.tables)
    if words:
        return Section("volume", TITLE, words)
    rows = source.rows(
        """
        select usage_date, task, sum(requests)::bigint as requests, sum(cost_usd)::double as cost_usd
        from dbt_llm__usage_daily
        where requests > 0
        group by usage_date, task
        order by usage_date, task
        """
    )
    if not rows:
        return Section("volume", TITLE, ["No request was sent yet."])
    figures: list[Figure] = [stacked("Requests per day", "requests", _days(rows), _series(rows, "requests"), number)]
    priced = [row for row in rows if row["cost_usd"] is not None]
    words = ["A request is one call for one distinct prompt, counted on the day of its answer, attempts that failed too."]
    if priced:
        figures.append(stacked("Cost per day", "USD", _days(rows), _series(priced, "cost_usd"), dollars))
    else:
        words.append("No endpoint has a price, so there is no cost to show.")
    return Section("volume", TITLE, words, figures)


def _days(rows: list[dict[str, Any]]) -> list[Any]:
    return sorted({row["usage_date"] for row in rows})


def _series(rows: list[dict[str, Any]], column: str) -> dict[str, dict[Any, float]]:
    series: dict[str, dict[Any, float]] = {}
    for row in rows:
        series.setdefault(row["task"], {})[row["usage_date"]] = row[column]
    return dict(sorted(series.items()))
