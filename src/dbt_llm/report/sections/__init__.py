"""The report's sections, in their order. Each is a module with `section(source)`."""

from __future__ import annotations

from collections.abc import Callable

from ..section import Section
from ..source import Source
from . import accuracy, cache, drift, latency, quarantine, volume

SECTIONS: tuple[Callable[[Source], Section], ...] = (
    volume.section,
    cache.section,
    quarantine.section,
    drift.section,
    accuracy.section,
    latency.section,
)

__all__ = ["SECTIONS"]
