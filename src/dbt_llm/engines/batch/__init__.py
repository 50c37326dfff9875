"""The Batch APIs: submitted in one run and collected in a later one, at half the price."""

from __future__ import annotations

__all__: list[str] = []
