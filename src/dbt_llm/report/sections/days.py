"""Bars over days: what several sections show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..section import Figure, Table, bar
from ..text import plain

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
