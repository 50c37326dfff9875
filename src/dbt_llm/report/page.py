"""The page: a Jinja template, its style and its script, and plotly.js, all in one text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..client import MissingDependencyError
from .drift import drift
from .figures import Section
from .quality import accuracy, quarantine
from .source import Source
from .summary import Gate, examine, project, summarise
from .usage import latency, requests, spared

SECTIONS: tuple[Callable[[Source], Section], ...] = (requests, spared, quarantine, drift, accuracy, latency)
"""In their order."""
MOST_ROWS = 500
"""Rows of a table below a figure; more are counted in words."""


def build(source: Source, target: Path | None = None) -> str:
    """Return the report as one HTML text of about 5 MB, most of which is plotly.js.

    `target`: dbt's target folder, whose compiled gates are asked, and which names the project. Raises
    `MissingDependencyError` without plotly, and `ConfigurationError` where the folder has no manifest.
    """
    library = _plotly()
    gates: Sequence[Gate] | None = examine(source, target) if target is not None else None
    sections = [section(source) for section in SECTIONS]
    environment = Environment(
        loader=PackageLoader("dbt_llm.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals.update(most_rows=MOST_ROWS)
    folder = Path(__file__).parent
    return environment.get_template("page.html.j2").render(
        source=source,
        title=(project(target) if target is not None else "") or source.name,
        made_at=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        summary=summarise(source, gates),
        gates=gates,
        sections=sections,
        figures=_json(sections),
        style=Markup((folder / "page.css").read_text(encoding="utf-8")),
        script=Markup((folder / "page.js").read_text(encoding="utf-8")),
        plotly=Markup(library),
    )


def _json(sections: Sequence[Section]) -> Markup:
    """The figures' JSON, in which nothing can end the script that holds it."""
    figures = {
        f"{section.name}-{n}": {"data": figure.data, "layout": figure.layout}
        for section in sections
        for n, figure in enumerate(section.figures, start=1)
    }
    text = json.dumps(figures, ensure_ascii=True, allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _plotly() -> str:
    try:
        from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingDependencyError("dbt_llm.report: plotly is not installed. Run: pip install 'dbt-llm[report]'") from error
    return str(get_plotlyjs())
