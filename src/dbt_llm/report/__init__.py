"""The report: what the package's tables say, as one HTML file that needs neither a server nor a network.

from pathlib import Path
from dbt_llm.report import build, open_database

with open_database(Path("my.duckdb")) as source:
    Path("report.html").write_text(build(source), encoding="utf-8")
"""

from .page import build
from .source import Source, open_database, open_parquet

__all__ = ["Source", "build", "open_database", "open_parquet"]
