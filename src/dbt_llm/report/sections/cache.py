"""What the cache and the sharing of equal prompts spared."""

from __future__ import annotations

from ..section import Figure, Section, missing
from ..source import Source
from ..text import dollars, number
from .days import stacked

TITLE = "Paid, and spared"
COUNTS = {"sent": "requests", "answered from the cache": "cache_hits", "same prompt as another row": "deduplicated_rows"}
AMOUNTS = {"paid": "cost_usd", "spared": "saved_usd"}


def section(source: Source) -> Section:
    """From dbt_llm__usage_daily."""
    words = missing("dbt_llm__usage_daily", source.tables)
    if words:
        return Section("cache", TITLE, words)
    rows = source.rows(
        """
        select
            usage_date,
            sum(requests)::bigint as requests,
            sum(cache_hits)::bigint as cache_hits,
            sum(deduplicated_rows)::bigint as deduplicated_rows,
            sum(cost_usd)::double as cost_usd,
            sum(saved_usd)::double as saved_usd
        from dbt_llm__usage_daily
        group by usage_date
        order by usage_date
        """
    )
    if not rows:
        return Section("cache", TITLE, ["No run was recorded yet."])
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
        words = ["No endpoint has a price, so what was spared has none either."]
    return Section("cache", TITLE, words, figures)
