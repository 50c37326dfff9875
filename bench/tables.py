"""The package's own tables, in a DuckDB without dbt."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

MODELS = Path(__file__).parents[1] / "models"


def create(connection: Any) -> list[str]:
    """Create every table that the package keeps, without rows; return their names."""
    names = []
    for file in sorted(MODELS.rglob("*.sql")):
        text = file.read_text()
        if "dbt_llm._empty_table(" in text:
            columns = re.findall(r"'(\w+)': dbt\.type_(\w+)", text)
            types = ", ".join(f"{name} {'double' if kind == 'float' else kind}" for name, kind in columns)
            connection.execute(f"create table {file.stem} ({types})")
            names.append(file.stem)
    return names
