"""How good the answers are: what stands in quarantine, and how right they are on the golden sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .figures import COLOURS, SYMBOLS, Figure, Section, Table, bar, categories, missing, number, percent, plain
from .source import Source

_QUARANTINE = "Quarantine"
_MOST_REASONS = 20
"""Reasons that fit into a figure; the table has all."""


def quarantine(source: Source) -> Section:
    """From dbt_llm__quarantine, which holds what is in quarantine now."""
    words = missing("dbt_llm__quarantine", source.tables)
    if words:
        return Section("quarantine", _QUARANTINE, words)
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
        return Section("quarantine", _QUARANTINE, ["Nothing is in quarantine."])
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["reason"]] = totals.get(row["reason"], 0) + row["input_rows"]
    reasons = sorted(totals, key=lambda reason: (totals[reason], reason))[-_MOST_REASONS:]
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
    if len(totals) > _MOST_REASONS:
        words.append(f"The figure shows the {_MOST_REASONS} most frequent of {len(totals)} reasons, the table all.")
    return Section(
        "quarantine", _QUARANTINE, words, [Figure("Rows by reason", data, layout, table, height=130 + 30 * len(reasons))]
    )


_ACCURACY = "Accuracy on the golden sets"


def accuracy(source: Source) -> Section:
    """From dbt_llm__evaluations."""
    words = missing("dbt_llm__evaluations", source.tables)
    if words:
        return Section("accuracy", _ACCURACY, words)
    rows = source.rows(
        """
        select
            * replace (
                n::bigint as n, correct::bigint as correct, accuracy::double as accuracy, accuracy_low::double as accuracy_low,
                accuracy_high::double as accuracy_high
            )
        from dbt_llm__evaluations
        where n > 0
        qualify row_number() over (
            partition by golden, prompt_version, model_name, column_name order by evaluated_at desc, n desc
        ) = 1
        order by task, golden, column_name, evaluated_at, candidate
        """
    )
    if not rows:
        return Section("accuracy", _ACCURACY, ["No golden set was evaluated yet: docs/evaluation.md says how."])
    words = [
        "The latest evaluation of each prompt version and language model, with Wilson's 95 % interval.",
        "A golden row in quarantine is wrong.",
    ]
    goldens = sorted({(row["task"], row["golden"]) for row in rows})
    return Section(
        "accuracy", _ACCURACY, words, [_figure(golden, [row for row in rows if row["golden"] == golden]) for _, golden in goldens]
    )


def _figure(golden: str, rows: Sequence[dict[str, Any]]) -> Figure:
    columns = sorted({row["column_name"] for row in rows})
    data = []
    for n, column in enumerate(columns):
        of = [row for row in rows if row["column_name"] == column]
        data.append(
            {
                "type": "scatter", "mode": "markers", "orientation": "h", "offsetgroup": str(n), "name": plain(column),
                "x": [row["accuracy"] for row in of],
                "y": [_version(row) for row in of],
                "error_x": {
                    "type": "data", "symmetric": False, "thickness": 2, "width": 5, "color": COLOURS[n % len(COLOURS)],
                    "array": [row["accuracy_high"] - row["accuracy"] for row in of],
                    "arrayminus": [row["accuracy"] - row["accuracy_low"] for row in of],
                },
                "marker": {"color": COLOURS[n % len(COLOURS)], "symbol": SYMBOLS[n % len(SYMBOLS)], "size": 10},
                "customdata": [[row["correct"], row["n"], _interval(row)] for row in of],
                "hovertemplate": "%{x:.1%}: %{customdata[0]} of %{customdata[1]} right<br>%{customdata[2]}",
            }
        )  # fmt: skip
    versions = list(dict.fromkeys(_version(row) for row in rows))
    layout = {
        "scattermode": "group",
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "showlegend": True,
        "xaxis": {
            "tickformat": ".0%",
            "title": {"text": "accuracy"},
            "range": [max(min(row["accuracy_low"] for row in rows) - 0.05, 0), 1.005],
        },
        "yaxis": {"type": "category", "automargin": True, "ticksuffix": "  ", "autorange": "reversed", "categoryarray": versions},
    }
    table = Table(
        ["column", "prompt version", "language model", "candidate", "right", "of", "accuracy", "95 % interval"],
        [
            [
                *(row["column_name"], row["prompt_version"], row["model_name"], row["candidate"]),
                *(number(row["correct"]), number(row["n"]), percent(row["accuracy"])),
                _interval(row),
            ]
            for row in rows
        ],
    )
    return Figure(golden, data, layout, table, height=150 + max(30 * len(columns), 60) * len(versions))


def _interval(row: dict[str, Any]) -> str:
    return f"{percent(row['accuracy_low'])} to {percent(row['accuracy_high'])}"


def _version(row: dict[str, Any]) -> str:
    candidate = "" if row["candidate"] == "current" else f" ({plain(row['candidate'])})"
    return f"{plain(row['prompt_version'])}{candidate}<br>{plain(row['model_name'])}"
