"""The golden SQL for BigQuery, analysed by ZetaSQL: every name, every type and every argument, as BigQuery would.

It has an environment of its own: see requirements.txt beside this file, and `make zetasql`.
"""

import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

pytest.importorskip("zetasql", reason="ZetaSQL is not installed here; `make zetasql` makes an environment with it")

from zetasql.core.exceptions import ZetaSQLError

from tests.signatures.catalogue import forms
from tests.zetasql.bigquery import BigQuery, spelled, type_of

FOLDER = Path(__file__).parents[1] / "golden" / "bigquery"
FILES = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.sql"))}
TABLES = {
    "golden.main.messages": {"message_id": "INT64", "channel": "STRING", "body": "STRING"},
    "golden.main.embedded_messages": {"message_id": "INT64", "body": "STRING", "vector": "ARRAY<FLOAT64>"},
    "golden.main.golden_messages": {
        "message_id": "INT64",
        "channel": "STRING",
        "body": "STRING",
        "expected_has_pii": "BOOL",
        "expected_pii_types": "STRING",
        "expected_answer": "STRING",
        "vector": "ARRAY<FLOAT64>",
        "expected_score": "FLOAT64",
        "expected_due_on": "DATE",
    },
    "golden.main.verdicts": {
        "request_key": "STRING",
        "task": "STRING",
        "column_name": "STRING",
        "verdict": "STRING",
        "correct_value": "STRING",
        "reviewer": "STRING",
        "reviewed_at": "TIMESTAMP",
    },
    # A work table, as _complete_in_chunks makes it.
    "work": {"n": "INT64", "request_key": "STRING", "prompt": "STRING", "attempt": "INT64", "superseded": "INT64"},
    # The columns of BigQuery's own view that the bill reads.
    "region-us.information_schema.jobs_by_project": {
        "creation_time": "TIMESTAMP",
        "job_id": "STRING",
        "job_type": "STRING",
        "total_bytes_billed": "INT64",
        "labels": "ARRAY<STRUCT<key STRING, value STRING>>",
        "destination_table": "STRUCT<project_id STRING, dataset_id STRING, table_id STRING>",
    },
    # Those of the Cloud Billing export, in its standard and its detailed form.
    "golden.billing.gcp_billing_export_v1_0": {
        "service": "STRUCT<id STRING, description STRING>",
        "sku": "STRUCT<id STRING, description STRING>",
        "usage_start_time": "TIMESTAMP",
        "labels": "ARRAY<STRUCT<key STRING, value STRING>>",
        "cost": "FLOAT64",
        "currency_conversion_rate": "FLOAT64",
        "usage": "STRUCT<amount FLOAT64, unit STRING, amount_in_pricing_units FLOAT64, pricing_unit STRING>",
    },
}
MODELS = ["golden.main.embedding", "golden.main.gemini_flash"]


@pytest.fixture(scope="module")
def bigquery() -> BigQuery:
    """A project in which every golden model is a table of the columns that its own SQL gives."""
    project = BigQuery(MODELS)
    for path, columns in TABLES.items():
        project.add_table(path, {name: type_of(word) for name, word in columns.items()})
    reads = {name: set(re.findall(r"`golden`\.`main`\.`(\w+)`", sql)) & set(FILES) for name, sql in FILES.items()}
    for name in TopologicalSorter(reads).static_order():
        # A file with a fault has a test of its own that tells it.
        try:
            project.add_table(f"golden.main.{name}", project.outputs(FILES[name]))
        except ZetaSQLError:
            continue
    return project


@pytest.mark.parametrize("name", FILES)
def test_bigquery_takes_it(name: str, bigquery: BigQuery) -> None:
    assert bigquery.outputs(FILES[name])


def test_a_task_has_the_types_that_its_schema_declares(bigquery: BigQuery) -> None:
    columns = {name: spelled(type_) for name, type_ in bigquery.outputs(FILES["enrich__every_schema_construct"]).items()}
    assert columns == {
        "message_id": "INT64",
        "channel": "STRING",
        "body": "STRING",
        "kind": "STRING",
        "count": "INT64",
        "version": "INT64",
        "score": "FLOAT64",
        "level": "INT64",
        "due_on": "DATE",
        "seen_at": "TIMESTAMP",
        "address": "STRUCT<city STRING, zip INT64>",
        "lines": "ARRAY<STRUCT<name STRING, tags ARRAY<STRING>>>",
        "llm_status": "STRING",
        "llm_reason": "STRING",
        "llm_request_key": "STRING",
        "llm_prompt_version": "STRING",
    }


def test_the_bill_is_one_table_with_and_without_the_billing_export(bigquery: BigQuery) -> None:
    assert bigquery.outputs(FILES["actuals__billing_export"]) == bigquery.outputs(FILES["dbt_llm__actuals"])


def test_answers_are_of_the_types_of_the_responses_table(bigquery: BigQuery) -> None:
    answers = bigquery.outputs(FILES["answer__chunk"])
    responses = bigquery.outputs(FILES["dbt_llm__responses"])
    shared = set(answers) & set(responses)
    assert {"completion", "error_class", "error_message", "input_tokens", "output_tokens", "finish_reason"} <= shared
    assert {name: spelled(answers[name]) for name in shared} == {name: spelled(responses[name]) for name in shared}


CHANGES = [
    ("complete__inline", "message_id", "mesage_id", "Unrecognized name: mesage_id"),
    ("complete__inline", "endpoint =>", "end_point =>", "No matching signature for function AI:GENERATE"),
    ("complete__inline", "'gemini-3.1-flash-lite'", "5", "No matching signature for function AI:GENERATE"),
    ("complete__inline", "model_params => json ", "model_params => ", "No matching signature for function AI:GENERATE"),
    ("complete__inline", ").result", ").text", "Field name text does not exist in STRUCT<result STRING"),
    ("complete__inline", "ai.generate(", "ai.generates(", "Function not found: ai.generates"),
    ("complete__inline", "`messages`", "`mails`", "Table not found: golden.main.mails"),
    ("complete__inline", "message_id,", "message_id, count(*),", "neither grouped nor aggregated"),
    ("complete__inline", "|| body", "+ body", "No matching signature for operator +"),
    ("answer__chunk", "gemini_flash`", "gemini_slow`", "Model not found: `golden.main.gemini_slow`"),
    ("answer__chunk", "from work\n", "from working\n", "Table not found: working"),
    (
        "answer__chunk",
        "prompt\n        from work",
        "prompt as text\n        from work",
        "Unrecognized name: prompt",
    ),
    (
        "answer__chunk",
        "    full_response,\n    status\nfrom ai",
        "    response,\n    status\nfrom ai",
        "Unrecognized name: response",
    ),
    ("enrich__table", "json_value(element)", "json_values(element)", "Function not found: json_values"),
    ("enrich__table", "llm_answered as", "llm_replied as", "Table not found: llm_answered"),
    ("enrich__table", "safe_cast(", "save_cast(", "Function not found: save_cast"),
    ("enrich__table", "        _dbt_llm_prompt,\n", "        _dbt_llm_prompts,\n", "_dbt_llm_prompts"),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), CHANGES)
def test_a_fault_is_found(name: str, old: str, new: str, expected: str, bigquery: BigQuery) -> None:
    assert old in FILES[name], "the golden SQL no longer has what this test changes"
    with pytest.raises(ZetaSQLError, match=re.escape(expected)):
        bigquery.outputs(FILES[name].replace(old, new, 1))


def test_a_table_function_wants_the_column_that_it_reads(bigquery: BigQuery) -> None:
    call = "select embedding from ai.generate_embedding(model `golden.main.gemini_flash`, (select {} from work))"
    assert spelled(bigquery.outputs(call.format("prompt as content"))["embedding"]) == "ARRAY<FLOAT64>"
    with pytest.raises(ZetaSQLError, match="Unrecognized name: content"):
        bigquery.outputs(call.format("prompt"))


def test_every_function_of_the_catalogue_can_be_called(bigquery: BigQuery) -> None:
    """The signatures that ZetaSQL is given are well made, those that no golden file uses too."""
    values = {
        "STRING": "'x'",
        "JSON": "json '{}'",
        "ANY": "body",
        "ARRAY": "['a', 'b']",
        "STRUCT": "struct('a' as output_schema)",
    }
    for [form] in forms("bigquery").values():
        if form.shape != "table":
            required = [values[parameter.types[0]] for parameter in form.parameters if parameter.required]
            [(_, type_)] = bigquery.outputs(f"select {form.name}({', '.join(required)}) as x from golden.main.messages").items()
            assert spelled(type_) == form.result
