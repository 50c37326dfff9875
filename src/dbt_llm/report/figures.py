"""A part of the report: words, figures, and the same figures as a table, in the words and looks that all parts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

COLOURS = ("#0072b2", "#d98200", "#009e73", "#c06697", "#56a5d8", "#d55e00", "#8a8a8a")
"""Okabe and Ito's, which people see apart whatever their eyes; a little darker where white would swallow them."""
PATTERNS = ("", "/", "x", ".", "\\", "+", "-")
"""Bars are told apart without colours too."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")


def bar(n: int) -> dict[str, Any]:
    """The look of the nth kind of bar: its colour, with a faint pattern on it."""
    pattern = {"shape": PATTERNS[n % len(PATTERNS)], "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.55)", "solidity": 0.2}
    return {"color": COLOURS[n % len(COLOURS)], "pattern": pattern}


def categories(names: Sequence[str]) -> dict[str, Any]:
    """An axis of names, of which a long one is shown by its beginning."""
    texts = [plain(shorten(name)) for name in names]
    tick = {"tickmode": "array", "tickvals": [plain(name) for name in names], "ticktext": texts, "ticksuffix": "  "}
    return {"type": "category", "automargin": True, **tick}


@dataclass(frozen=True)
class Table:
    """What a figure shows, for those who do not see it and for those who want to copy it."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A plot of plotly.js: `data` and `layout` are its JSON."""

    title: str
    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    table: Table
    height: int = 340
    """In pixels; its width is the page's."""


@dataclass(frozen=True)
class Section:
    """`words` stand before the figures. Where there are no figures they say why."""

    name: str
    title: str
    words: Sequence[str]
    figures: Sequence[Figure] = field(default_factory=tuple)


def missing(needed: str, tables: frozenset[str]) -> list[str]:
    """Say in words that a table is not there, or return nothing."""
    return [] if needed in tables else [f"There is no table {needed} here, so nothing is known of this."]


def dollars(amount: Any) -> str:
    """Four digits below a dollar, two above: `0.0219 USD`, `1,234.50 USD`; without a price, `no price`."""
    if amount is None:
        return "no price"
    return f"{float(amount):,.4f} USD" if abs(float(amount)) < 1 else f"{float(amount):,.2f} USD"


def count(number: Any, noun: str) -> str:
    """`1 request`, `1,200 requests`."""
    return f"{int(number or 0):,} {noun}{'' if number == 1 else 's'}"


def percent(share: Any) -> str:
    """`12.3 %`; `–` for nothing."""
    return "–" if share is None else f"{float(share):.1%}".replace("%", " %")


def number(value: Any) -> str:
    """A number with its thousands; `–` for nothing."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.4g}"


def plain(text: Any) -> str:
    """Text from the data for plotly.js, which would read `<b>` in it as bold."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, most: int = 36) -> str:
    """The beginning of a text that does not fit."""
    return text if len(text) <= most else text[: most - 1] + "…"
