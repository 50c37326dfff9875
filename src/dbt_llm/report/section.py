"""A part of the report: words, figures, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .text import plain, shorten

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
