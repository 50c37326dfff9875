"""Every call of a warehouse's AI function in the golden SQL, held against the catalogue in docs/functions.yml."""

from pathlib import Path

import pytest

from tests.signatures.calls import calls
from tests.signatures.catalogue import entries
from tests.signatures.faults import faults

FOLDER = Path(__file__).parent
FILES = [(adapter, path) for adapter in entries() for path in sorted((FOLDER / adapter).glob("*.sql"))]
CALLS = [path for _, path in FILES if path.stem.endswith("__inline") or path.stem.startswith("answer__")]

ASKED = {
    "duckdb": [],
    "databricks": ["ai_query: modelParameters is not a constant", "ai_query: responseFormat is not a constant"],
    "snowflake": ["ai_complete: model is not a constant"],
    "bigquery": [],
}


@pytest.mark.parametrize(("adapter", "path"), FILES, ids=lambda part: part.stem if isinstance(part, Path) else part)
def test_every_call_is_one_that_the_warehouse_takes(adapter: str, path: Path) -> None:
    found = list(calls(path.read_text(), dialect=adapter))
    # Some probes ask whether what no page promises is taken all the same.
    asked = ASKED[adapter] if path.stem == "calibration__probes" else []
    assert [fault for call in found for fault in faults(call, adapter)] == asked
    assert found or path not in CALLS, "a model that calls a function, and no call is seen"
