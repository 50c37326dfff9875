"""What stands in quarantine, by reason."""

from __future__ import annotations

from ..section import Figure, Section, Table, bar, categories, missing
from ..source import Source
from ..text import number, plain

TITLE = "Quarantine"
MOST = 20
"""Reasons that fit into a figure; the table has all."""


def section(source: Source) -> Section:
    """From dbt_llm__quarantine, which holds what is in quarantine now."""
    words = missing("dbt_llm__quarantine", source.tables)
    if words:
        return Section("quarantine", TITLE, words)
    rows = source.rows(
        """
        select
            task,
            coalesce(reason, 'without a reason') as reason,
            sum(input_rows)::bigint as input_rows,
            count(*)::bigint as requests
        from dbt_llm__quarantine
        group by all
        order by input_rows desc, reason, task
        """
    )
    if not rows:
        return Section("quarantine", TITLE, ["Nothing is in quarantine."])
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["reason"]] = totals.get(row["reason"], 0) + row["input_rows"]
    reasons = sorted(totals, key=lambda reason: (totals[reason], reason))[-MOST:]
    tasks = sorted({row["task"] for row in rows})
    held = {(row["task"], row["reason"]): row["input_rows"] for row in rows}
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": plain(task),
            "y": [plain(reason) for reason in reasons],
            "x": [held.get((task, reason), 0) for reason in reasons],
            "marker": bar(n),
            "hovertemplate": "%{y}<br>%{x:,} rows",
        }
        for n, task in enumerate(tasks)
    ]
    layout = {
        "barmode": "stack",
        "showlegend": len(tasks) > 1,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "xaxis": {"title": {"text": "rows"}, "rangemode": "tozero"},
        "yaxis": categories(reasons),
    }
    table = Table(
        ["task", "reason", "rows", "requests"],
        [[row["task"], row["reason"], number(row["input_rows"]), number(row["requests"])] for row in rows],
    )
    words = ["The rows that wait for repair now, by what was wrong. dbt run-operation dbt_llm.requeue sends them again."]
    if len(totals) > MOST:
        words.append(f"The figure shows the {MOST} most frequent of {len(totals)} reasons, the table all.")
    return Section("quarantine", TITLE, words, [Figure("Rows by reason", data, layout, table, height=130 + 30 * len(reasons))])
