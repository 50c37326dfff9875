"""Every call of a warehouse's AI function in the golden SQL, held against the catalogue in docs/functions.yml."""

from pathlib import Path

import pytest

from tests.signatures.calls import calls
from tests.signatures.catalogue import entries
from tests.signatures.faults import faults

FOLDER = Path(__file__).parent
FILES = [(adapter, path) for adapter in entries() for path in sorted((FOLDER / adapter).glob("*.sql"))]
CALLS = [path for _, path in FILES if path.stem.endswith("__inline") or path.stem.startswith("answer__")]


@pytest.mark.parametrize(("adapter", "path"), FILES, ids=lambda part: part.stem if isinstance(part, Path) else part)
def test_every_call_is_one_that_the_warehouse_takes(adapter: str, path: Path) -> None:
    found = list(calls(path.read_text(), dialect=adapter))
    # What the probes ask is whether some of it is taken all the same.
    asked = "is not a constant" if path.stem == "calibration__probes" else None
    assert [fault for call in found for fault in faults(call, adapter) if asked is None or not fault.endswith(asked)] == []
    assert found or path not in CALLS, "a model that calls a function, and no call is seen"
