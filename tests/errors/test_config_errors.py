"""Errors that a user meets: what is wrong, what was expected, what was got, what to do; all faults at once."""

import copy
from typing import Any

import pytest
import yaml

from dbt_llm.testing import Faults, Server
from tests.support.project import API_KEY, PII, Project

COMPILE = ("compile", "--select", "pii_risk")


def fails(
    project: Project, *sentences: str, command: tuple[str, ...] = ("run", "--exclude", "package:dbt_llm"), **environment: str
) -> str:
    result = project.dbt(*command, **environment)
    assert not result.ok, result.output
    for sentence in sentences:
        assert sentence in result.output, f"{sentence!r} is not in:\n{result.output}"
    return result.output


def edited(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(PII), **changes}


def test_no_endpoint_of_that_name(project: Project) -> None:
    project.task("pii_risk", edited(endpoint="fsat"))
    fails(project, "no endpoint of that name", "Expected one of 'fast'; got 'fsat'. Did you mean 'fast'?", command=COMPILE)


def test_no_entry_for_this_adapter(project: Project) -> None:
    project.write_project(dbt_llm_endpoints={"fast": {"snowflake": {"model_name": "x"}}})
    fails(project, "no entry for this target's adapter. Expected 'duckdb'; got 'snowflake'", command=COMPILE)


def test_endpoint_keys(project: Project) -> None:
    project.write_project(dbt_llm_endpoints={"fast": {"duckdb": {"model_nam": "x", "base_url": "http://127.0.0.1:1/v1"}}})
    fails(
        project,
        "unknown key 'model_nam'",
        "Did you mean 'model_name'?",
        "'model_name' is missing",
        "has 2 faults",
        command=COMPILE,
    )


def test_values_of_the_endpoint(project: Project) -> None:
    entry = {"model_name": "x", "provider": "antropic", "structured_output": "tools", "prompt_cache": 5}
    project.write_project(dbt_llm_endpoints={"fast": {"duckdb": entry}})
    fails(
        project,
        "provider: no such value. Expected one of",
        "got 'antropic'. Did you mean 'anthropic'?",
        "structured_output: no such value. Expected one of 'schema', 'json', 'ask'; got 'tools'",
        "prompt_cache: no such value. Expected one of 'off', '5m', '30m', '1h'; got '5'",
        # A provider has a URL of its own, so that of base_url is none of them.
        "has 3 faults",
        command=COMPILE,
    )


def test_environment_variable_of_the_endpoint(project: Project) -> None:
    project.endpoint["base_url_env"] = "NOT_SET_ANYWHERE"
    project.write_project()
    fails(project, "Expected a value in 'NOT_SET_ANYWHERE'; got nothing", command=COMPILE)


def test_key_variable_not_set(project: Project, server: Server) -> None:
    project.endpoint["api_key_env"] = "NOT_SET_ANYWHERE"
    project.write_project()
    fails(project, "NOT_SET_ANYWHERE", "Set it")
    assert server.counters.calls == 0


def test_endpoint_unreachable(project: Project) -> None:
    project.environment["DBT_LLM_TEST_URL"] = "http://127.0.0.1:9/v1"
    project.task("pii_risk", edited(retries=1))
    fails(project, "endpoint 'fast'", "http://127.0.0.1:9/v1")
    assert project.query("select count(*) from dbt_llm__responses") == [(0,)]


def test_template_names_a_column_that_is_not_there(project: Project, server: Server) -> None:
    project.task("pii_risk", edited(prompt="PII? {bdoy}"))
    fails(project, "{bdoy} is not a column of the input", "'message_id', 'body'; got 'bdoy'. Did you mean 'body'?")
    # Which dbt renders away in YAML, so that each prompt would lack its text.
    for braces in ("{{body }}", "{{- BODY | trim -}}"):
        project.task("pii_risk", edited(prompt=f"PII in no. {{message_id}}? {braces}"))
        fails(project, "meta.llm: {{ body }} is nothing to dbt", "Expected a column in single braces, {body}")
    fails(project, "meta.llm: {{ body }} is nothing", command=("run-operation", "dbt_llm.plan", "--args", "{task: pii_risk}"))
    assert server.counters.calls == 0
    # Which it does not where it is told so, nor in a model's own config.
    project.task("pii_risk", edited(prompt="{% raw %}{{ body }}{% endraw %} {body}"))
    project.run_tasks()
    (project.models / "pii_risk.yml").unlink()
    of_its_own = f"materialized='incremental', unique_key='message_id', meta={{'llm': {edited(prompt='{{ body }} {body}')!r}}}"
    (project.models / "pii_risk.sql").write_text(
        f"{{{{ config({of_its_own}) }}}}\n{{{{ dbt_llm.enrich(source('raw', 'messages')) }}}}"
    )
    project.run_tasks()
    assert server.counters.calls == 15


def test_response_column_clashes_with_an_input_column(project: Project, server: Server) -> None:
    project.messages([(1, "a", 0.5)], "message_id bigint, body varchar, confidence double")
    fails(project, "'confidence' is a column of the input already", "Rename one of the two")
    assert server.counters.calls == 0


@pytest.mark.parametrize("name", ["_dbt_llm_prompt", "_DBT_LLM_request_key"])
def test_an_input_column_with_a_name_of_the_querys_own(project: Project, server: Server, name: str) -> None:
    project.messages([(1, "a", "b")], f"message_id bigint, body varchar, {name} varchar")
    fails(project, f"Expected none that begins with _dbt_llm_; got '{name.lower()}'")
    assert server.counters.calls == 0


def test_unsupported_schema_keyword(project: Project) -> None:
    wrong = edited(response_format={"a": {"type": "string", "oneOf": []}, "b": {"type": "strin"}})
    project.task("pii_risk", wrong)
    fails(
        project,
        "meta.llm.response_format.a: unknown key 'oneOf'",
        "meta.llm.response_format.b.type: not one type",
        "2 faults",
        command=COMPILE,
    )


def test_plugin_not_in_the_profile(project: Project) -> None:
    project.write_profile()
    fails(project, "the embedded engine is not loaded", "plugins: [{module: dbt_llm.duckdb}]", "target 'dev'")


def test_unique_key_missing(project: Project) -> None:
    project.task("pii_risk", PII, config="materialized='incremental'")
    fails(project, "config.unique_key: missing", command=COMPILE)


def test_unique_key_not_unique_or_null_in_the_input(project: Project, server: Server) -> None:
    project.messages([(1, "a"), (1, "b"), (None, "c")])
    fails(project, "not unique in the input. Expected one row for each message_id; got 1 values", "NULL in 1 rows")
    assert server.counters.calls == 0


def test_unique_key_is_not_a_column(project: Project) -> None:
    project.task("pii_risk", PII, config="materialized='incremental', unique_key='mesage_id'")
    fails(project, "config.unique_key: 'mesage_id' is not a column", "Did you mean 'message_id'?")


def test_a_strategy_that_would_duplicate_rows(project: Project) -> None:
    project.task("pii_risk", PII, config="materialized='incremental', unique_key='message_id', incremental_strategy='append'")
    fails(project, "would duplicate or lose rows", "got 'append'", command=COMPILE)


def test_unknown_keys_and_all_faults_in_one_message(project: Project) -> None:
    wrong = edited(endpoint="slow", promt="x", limits={"cost": 1}, model_parameters={"stream": True}, max_attempts=0)
    fails_with = (
        "'pii_risk' has 5 faults",
        "meta.llm: unknown key 'promt'",
        "Did you mean 'prompt'?",
        "meta.llm.limits: unknown key 'cost'",
        "no endpoint of that name",
        "meta.llm.model_parameters.stream",
        "meta.llm.max_attempts",
    )
    project.task("pii_risk", wrong)
    fails(project, *fails_with, command=COMPILE)


def test_no_meta_at_all(project: Project) -> None:
    project.task("pii_risk", None)
    fails(project, "config.meta.llm is missing", command=COMPILE)


def test_a_view_whose_answer_has_the_name_of_an_input_column(project: Project, server: Server) -> None:
    project.messages([(1, "a", True)], "message_id bigint, body varchar, has_pii boolean")
    project.task("pii_risk", PII, config="materialized='view'")
    fails(project, "'has_pii' is a column of the input already")
    assert server.counters.calls == 0


def test_a_comment_after_enrich_is_fine_and_a_semicolon_is_named(project: Project, server: Server) -> None:
    body = "{{ dbt_llm.enrich(source('raw', 'messages')) }}"
    project.task("pii_risk", PII, sql=f"{body}\n-- what it is for\n/* and\nmore */ -- end")
    project.run_tasks()
    assert server.counters.calls == 15
    project.task("pii_risk", PII, sql=f"{body};")
    fails(project, "a semicolon follows enrich()")


def test_keys_beside_llm(project: Project) -> None:
    declared = {"models": [{"name": "pii_risk", "config": {"meta": {"llm": None, **PII}}}]}
    (project.models / "pii_risk.yml").write_text(yaml.safe_dump(declared))
    fails(project, "'endpoint', 'prompt', 'response_format' stand beside llm: in meta: indent them", command=COMPILE)


def test_no_endpoints_at_all(project: Project) -> None:
    project.write_project(dbt_llm_endpoints={})
    fails(project, "var dbt_llm_endpoints: not set", "fast: {duckdb: {model_name: …}}", command=COMPILE)


def test_a_column_whose_name_is_no_identifier(project: Project, server: Server) -> None:
    project.messages([(1, "a", "x")], 'message_id bigint, body varchar, "customer name" varchar')
    project.task("pii_risk", edited(prompt="From {customer name}: {body}"))
    fails(project, "{customer name} would be sent as it stands")
    quoted = "materialized='incremental', unique_key=['message_id', 'customer name']"
    project.task("pii_risk", edited(), config=quoted)
    fails(project, "config.unique_key: 'customer name' is no name that SQL takes as it stands", "Write '\"customer name\"'")
    assert server.counters.calls == 0
    project.task("pii_risk", edited(), config=quoted.replace("customer name", '"customer name"'))
    project.run_tasks()
    assert server.counters.calls == 1


def test_a_server_that_is_not_there_is_told_at_once(project: Project) -> None:
    project.task("pii_risk", edited(retries=1))
    output = fails(
        project, "'http://127.0.0.1:9/v1/chat/completions', which was called", DBT_LLM_TEST_URL="http://127.0.0.1:9/v1"
    )
    assert "pii_risk: http://127.0.0.1:9/v1/chat/completions cannot be reached" in output and "trying again" in output


def test_a_cost_limit_needs_prices(project: Project) -> None:
    project.task("pii_risk", edited(limits={"cost_usd": 1}))
    fails(project, "limits.cost_usd: the endpoint lacks prices", "input_usd_per_million_tokens", command=COMPILE)


def test_enrich_is_the_whole_query(project: Project, server: Server) -> None:
    project.task("pii_risk", PII, sql="with x as ({{ dbt_llm.enrich(source('raw', 'messages')) }}) select * from x")
    fails(project, "enrich() is not the model's whole query")
    assert server.counters.calls == 0


@pytest.mark.parametrize("status", [401, *(pytest.param(status, marks=pytest.mark.long) for status in (403, 404))])
def test_a_fatal_answer_stops_at_once_and_keeps_what_was_paid(status: int, project: Project, server: Server) -> None:
    project.messages([(i, f"message {i}") for i in range(500)])
    project.task("pii_risk", edited(limits={"requests": 40}))
    project.run_tasks()
    project.task("pii_risk", PII)
    project.task("pii_other", edited(prompt="Other? {body}"))
    server.faults = Faults(status_always=status, code="invalid_api_key")
    before = server.counters.calls
    output = fails(project, f"answered {status}", "endpoint 'fast'")
    assert server.counters.calls - before <= 32
    assert project.query("select count(*) from dbt_llm__responses where status = 'succeeded'") == [(40,)]
    assert project.query("select stop_reason from dbt_llm__runs where task = 'pii_risk' order by started_at desc limit 1") == [
        ("fatal",)
    ]
    assert output.count("message 3") == 0
    server.faults = Faults()
    project.run_tasks()
    assert project.statuses() == {("succeeded", None): 500}


def test_every_request_invalid_stops_and_leaves_them_pending(project: Project, server: Server) -> None:
    project.messages([(i, f"message {i}") for i in range(500)])
    server.faults = Faults(status_always=400)
    fails(project, "endpoint 'fast'", "400")
    assert server.counters.calls <= 64
    assert project.query("select count(*) from dbt_llm__responses") == [(0,)]
    server.faults = Faults()
    project.run_tasks()
    assert project.statuses() == {("succeeded", None): 500}


def test_the_key_is_nowhere(project: Project, server: Server) -> None:
    project.environment["DBT_WRITE_JSON"] = "true"
    result = project.dbt("--debug", "build")
    assert result.ok and API_KEY not in result.output
    server.faults = Faults(status_always=401)
    project.task("pii_risk", edited(prompt="Again? {body}"))
    assert API_KEY not in project.dbt("--debug", "build", "--select", "pii_risk").output
    assert project.dbt("docs", "generate").ok
    for path in project.folder.rglob("*"):
        if path.is_file() and "dbt_packages" not in path.parts:
            assert API_KEY.encode() not in path.read_bytes(), path
    for table in ("dbt_llm__responses", "dbt_llm__runs", "dbt_llm__quarantine", "pii_risk"):
        assert API_KEY not in str(project.query(f"select * from {table}"))


def test_prompts_are_stored_only_when_asked_for(project: Project, server: Server) -> None:
    project.run_tasks()
    assert project.query("select count(prompt) from dbt_llm__responses") == [(0,)]
    log = (project.folder / "logs" / "dbt.log").read_text()
    assert "message 3" not in log
    project.task("pii_risk", edited(store_prompts=True, prompt="Stored? {body}"))
    project.run_tasks()
    assert project.query("select count(*) from dbt_llm__responses where prompt = 'Stored? message 3'") == [(1,)]


@pytest.mark.parametrize(
    ("key", "value", "secret"),
    [
        ("api_key_env", "sk-live-0123456789", "sk-live"),
        ("api_key_env", "sk_live_0123456789", "sk_live"),
        ("api_key_env", "hf_AbCdEfGhIjKl", "hf_AbCd"),
        ("base_url_env", "http://127.0.0.1:9/v1?key=5EcReT", "5EcReT"),
        ("base_url", "http://user:5EcReT@127.0.0.1:9/v1", "5EcReT"),
        ("base_url", "http://127.0.0.1:9/v1?key=5EcReT", "5EcReT"),
    ],
)
def test_a_secret_in_a_wrong_place_is_not_shown(project: Project, key: str, value: str, secret: str) -> None:
    del project.endpoint["base_url_env"]
    project.endpoint.update({"base_url": "http://127.0.0.1:9/v1", key: value})
    project.write_project()
    output = fails(project, f"fast.duckdb.{key}: ", command=COMPILE)
    assert secret not in output
    assert secret not in (project.folder / "logs" / "dbt.log").read_text()


def test_a_new_property_is_not_paid_for_and_dropped(project: Project, server: Server) -> None:
    project.run_tasks()
    before = server.counters.calls
    wider = edited()
    wider["response_format"]["language"] = {"type": "string"}
    project.task("pii_risk", wider)
    fails(project, "config.on_schema_change: 'ignore'", "new 'language', gone none")
    renamed = edited()
    renamed["response_format"]["sureness"] = renamed["response_format"].pop("confidence")
    project.task("pii_risk", renamed)
    fails(project, "new 'sureness', gone 'confidence'")
    assert server.counters.calls == before


@pytest.mark.parametrize(
    ("response_format", "sentence"),
    [
        ({"llm_status": {"type": "string"}}, "dbt_llm names its own columns so"),
        ({"a": {"type": "string"}, "A": {"type": "string"}}, "differ only by case"),
        ({"has space": {"type": "string"}}, "not a column name"),
        ({"a": {"type": "string", "pattern": "(unclosed"}}, "(unclosed"),
    ],
    ids=["reserved", "case", "name", "pattern"],
)
def test_what_cannot_become_columns_costs_nothing(
    response_format: dict[str, Any], sentence: str, project: Project, server: Server
) -> None:
    project.task("pii_risk", edited(response_format=response_format))
    fails(project, sentence)
    assert server.counters.calls == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"endpoint": ["fast"]}, "meta.llm.endpoint: not a name"),
        ({"limits": 100}, "meta.llm.limits: not a mapping"),
        ({"prompt": 5}, "meta.llm.prompt: not a text. Expected a prompt template with a column such as {body}; got '5'"),
        ({"response_format": ["a"]}, "meta.llm.response_format: not a mapping"),
        ({"response_format": {"a": {"enum": "a,b"}}}, "a.enum: not a list"),
        (
            {"response_format": {"a": {"type": "object", "properties": {"b": {"type": "string"}}, "required": "b"}}},
            "a.required: not a list",
        ),
        (
            {"model_parameters": {"temperature": 0.00001, "top_p": float("inf"), "max_tokens": "50", "stop": ["x", "\n"]}},
            "has 4 faults",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(next(iter(value))),
)
def test_values_of_another_type(change: dict[str, Any], sentence: str, project: Project) -> None:
    project.task("pii_risk", edited(**change))
    output = fails(project, sentence, command=COMPILE)
    assert "Traceback" not in output
    if "model_parameters" in change:
        for words in (
            "temperature: a number has no one text", "top_p: not a finite number",
            "max_tokens: not a number. Expected one such as 1000; got '50'",
            'stop: an empty text. Expected a text at which the model stops; got \'\'. dbt takes a line break off',
        ):  # fmt: skip
            assert words in output, output


@pytest.mark.parametrize(
    "declared", [["fast"], {"fast": ["duckdb"]}, {"fast": None}, {"fast": {"duckdb": ["x"]}}, {"fast": "gpt-4o"}]
)
def test_endpoints_of_another_type(declared: Any, project: Project) -> None:
    project.write_project(dbt_llm_endpoints=declared)
    output = fails(project, "var dbt_llm_endpoints", "not a mapping", command=COMPILE)
    assert "Traceback" not in output


def test_requeue_of_what_is_no_task(project: Project) -> None:
    fails(
        project,
        "no such task",
        "Did you mean 'pii_risk'?",
        command=("run-operation", "dbt_llm.requeue", "--args", "{task: pii_rsik}"),
    )


def test_numbers_from_the_environment(project: Project, server: Server) -> None:
    project.endpoint["max_in_flight_env"] = "MAX_IN_FLIGHT"
    project.write_project()
    project.run_tasks(MAX_IN_FLIGHT="2")
    assert server.counters.max_in_flight <= 2


def test_versions_of_a_model_are_tasks_of_their_own(project: Project, server: Server) -> None:
    versions = {
        "models": [{"name": "versioned", "latest_version": 2, "versions": [{"v": 1}, {"v": 2}], "config": {"meta": {"llm": PII}}}]
    }
    (project.models / "versioned.yml").write_text(yaml.safe_dump(versions, sort_keys=False))
    for version in (1, 2):
        sql = "{{ config(materialized='table') }}{{ dbt_llm.enrich(source('raw', 'messages')) }}"
        project.write_model(f"versioned_v{version}", sql)
    project.run_tasks()
    tasks = project.query("select task from dbt_llm__runs order by task")
    assert tasks == [("pii_risk",), ("versioned.v1",), ("versioned.v2",)]
