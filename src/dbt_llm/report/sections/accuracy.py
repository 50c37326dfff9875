"""How right the answers are on the golden sets, by prompt version and language model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..section import COLOURS, SYMBOLS, Figure, Section, Table, missing
from ..source import Source
from ..text import number, percent, plain

TITLE = "Accuracy on the golden sets"


def section(source: Source) -> Section:
    """From dbt_llm__evaluations."""
    words = missing("dbt_llm__evaluations", source.tables)
    if words:
        return Section("accuracy", TITLE, words)
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
        return Section("accuracy", TITLE, ["No golden set was evaluated yet: docs/evaluation.md says how."])
    words = [
        "The latest evaluation of each prompt version and language model, with Wilson's 95 % interval.",
        "A golden row in quarantine is wrong.",
    ]
    goldens = sorted({(row["task"], row["golden"]) for row in rows})
    return Section(
        "accuracy", TITLE, words, [_figure(golden, [row for row in rows if row["golden"] == golden]) for _, golden in goldens]
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
