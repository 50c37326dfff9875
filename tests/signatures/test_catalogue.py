"""The catalogue says of every entry what it is, where that is written and when it was read."""

import datetime
from typing import Any

import pytest

from tests.signatures.catalogue import entries, forms
from tests.signatures.faults import KINDS

ENTRIES = [(adapter, entry) for adapter, listed in entries().items() for entry in listed]
KEYS = {
    *("name", "form", "shape", "state", "since", "arguments", "excludes", "result", "result_when", "result_fields"),
    *("passes_input", "columns", "columns_when", "evidence", "source", "checked", "confirmed", "questions"),
}


def identify(part: object) -> str:
    return f"{part['name']} {part.get('form', '')}".strip() if isinstance(part, dict) else str(part)


def types_of(parameter_types: tuple[str, ...], fields: dict[str, str]) -> set[str]:
    return {word.partition("<")[0] for word in (*parameter_types, *fields.values())}


@pytest.mark.parametrize(("adapter", "entry"), ENTRIES, ids=identify)
def test_an_entry_says_where_it_was_read(adapter: str, entry: dict[str, Any]) -> None:
    assert set(entry) <= KEYS
    assert entry["shape"] in ("scalar", "aggregate", "table")
    assert entry["state"] in ("ga", "preview", "legacy", "unknown")
    assert entry["evidence"] in ("documentation", "vendor_repository", "third_party")
    assert entry["source"].startswith("https://")
    assert isinstance(entry["checked"], datetime.date)
    assert entry["confirmed"] is ("questions" not in entry), "an open question is not confirmed"
    assert ("columns" in entry) == (entry["shape"] == "table") != ("result" in entry)


@pytest.mark.parametrize("adapter", entries())
def test_arguments_are_of_known_types_and_required_ones_come_first(adapter: str) -> None:
    for name, known in forms(adapter).items():
        for form in known:
            required = [parameter.required for parameter in form.parameters]
            assert required == sorted(required, reverse=True), name
            names = [parameter.name for parameter in form.parameters]
            assert len(set(names)) == len(names), name
            assert {name for pair in form.excludes for name in (path.partition(".")[0] for path in pair)} <= set(names), name
            for parameter in form.parameters:
                assert parameter.how in ("positional", "named", "either"), name
                assert parameter.constant in ("documented", "assumed", "no"), name
                assert types_of(parameter.types, parameter.fields) <= {"ANY", *KINDS}, name
                assert set(parameter.required_fields) <= set(parameter.fields), name
                assert set(parameter.json) <= {"required", "forbidden"}, name


@pytest.mark.parametrize("adapter", entries())
def test_a_function_with_several_forms_names_them(adapter: str) -> None:
    listed = [(entry["name"], entry.get("form")) for entry in entries()[adapter]]
    assert len(set(listed)) == len(listed)
    for name, form in listed:
        assert (form is not None) == ([other for other, _ in listed].count(name) > 1), name
