"""DuckDB's spatial extension from the wheel on PyPI: bqemulator does not start without it, and would download it."""

from pathlib import Path

import duckdb
import duckdb_extension_spatial
from bqemulator.storage.engine import DuckDBEngine


def install() -> None:
    folder = Path(duckdb_extension_spatial.__file__).parent / "extensions" / f"v{duckdb.__version__}"
    DuckDBEngine._load_spatial = lambda engine: engine.connection.load_extension(str(folder / "spatial.duckdb_extension"))
