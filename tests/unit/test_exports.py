"""What each public package exports, name by name, so that nothing is exported, or is gone, unseen."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

import dbt_llm

FOLDER = Path(dbt_llm.__file__).parent
EXPORTS = {
    "dbt_llm": ["__version__", "enrich", "train_filter"],
    "dbt_llm.client": [
        "BudgetTerms",
        "ConfigurationError",
        "Counts",
        "DbtLlmError",
        "Endpoint",
        "EndpointError",
        "FatalEndpointError",
        "Limits",
        "MissingDependencyError",
        "Plan",
        "Request",
        "Response",
        "Run",
        "Sink",
        "SpendRefusedError",
        "ThrottledError",
        "UnansweredError",
        "submit",
    ],
    "dbt_llm.client.forms": ["Form", "form_of"],
    "dbt_llm.contract": [
        "KEY_VERSION",
        "MissingVariableError",
        "PromptTemplate",
        "canonical_json",
        "prompt_version",
        "request_key",
        "unwrapped",
    ],
    "dbt_llm.engines": ["Engine", "choose"],
    "dbt_llm.engines.batch": [],
    "dbt_llm.engines.batch.providers": ["PROVIDERS", "make"],
    "dbt_llm.report": ["Source", "build", "open_database", "open_parquet"],
    "dbt_llm.response_format": ["Difference", "differences", "response_format_of"],
    "dbt_llm.review": ["Reviews", "Tables", "described", "duckdb_file"],
    "dbt_llm.testing": [
        "DEMO_FAULTS",
        "Answer",
        "BatchFaults",
        "Batches",
        "ChatRequest",
        "Counters",
        "Faults",
        "Rate",
        "Reply",
        "Server",
        "constant",
        "echo",
        "from_schema",
        "hashed_ngrams",
        "rules",
    ],
    "dbt_llm.warehouses": ["Warehouse", "warehouse_of"],
}
MODULES = [
    *FOLDER.glob("*.py"),
    *(path for folder in ("client", "contract", "engines", "warehouses") for path in (FOLDER / folder).rglob("*.py")),
]


@pytest.mark.parametrize("name", EXPORTS)
def test_a_package_exports_these_names_and_has_them(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__all__ == EXPORTS[name]
    assert [export for export in package.__all__ if not hasattr(package, export)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_module_says_what_it_exports(path: Path) -> None:
    exported = None
    for node in ast.parse(path.read_text()).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            exported = ast.literal_eval(node.value)
    assert exported is not None, "no __all__"
    assert [name for name in exported if name.startswith("_") and name != "__version__"] == []


def test_a_name_can_be_found() -> None:
    # `dbt_llm.duckdb` is in users' profiles; a provider has a wire form, a Batch API and a stand-in.
    names = [path.stem for path in MODULES if path.stem not in ("__init__", "duckdb")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
