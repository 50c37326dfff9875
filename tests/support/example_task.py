"""The task and the messages of examples/support_messages, for a project of the tests."""

import csv
from typing import Any

import yaml

from tests.support.project import ROOT

FOLDER = ROOT / "examples" / "support_messages"
COLUMNS = "message_id, has_pii, pii_types, confidence, llm_status, llm_reason"
"""Of its table."""


def task() -> dict[str, Any]:
    """What its `pii_risk` asks, without limits and candidates, which are those of the example's own project."""
    declared = yaml.safe_load((FOLDER / "models" / "models.yml").read_text())
    [llm] = [model["config"]["meta"]["llm"] for model in declared["models"] if model["name"] == "pii_risk"]
    return {key: value for key, value in llm.items() if key not in ("limits", "candidates")}


def messages(most: int | None = None) -> list[tuple[int, str | None]]:
    """The first of its messages, or all, as its staging model has them."""
    with (FOLDER / "seeds" / "support_messages.csv").open(newline="") as file:
        rows = [(int(row["message_id"]), row["body"] or None) for row in csv.DictReader(file)]
    return [(number, "" if body == "<empty>" else body) for number, body in rows][:most]


def differences(table: str, other: str) -> str:
    """A query for the rows that only one of two tables of the task has."""
    rows = f"select {COLUMNS} from"
    return f"({rows} {table} except {rows} {other}) union all ({rows} {other} except {rows} {table})"
