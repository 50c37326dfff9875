"""Figures as people read them, and text as plotly.js reads it."""

from __future__ import annotations

from typing import Any


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
