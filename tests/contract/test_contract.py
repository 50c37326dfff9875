"""The contract cases: SQL rendered by dbt and run on DuckDB says what Python says, byte for byte."""

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt_llm.contract import PromptTemplate, canonical_json, prompt_version, request_key, unwrapped
from tests.support.judged import JUDGEMENTS, MOMENTS, normalised, reason
from tests.support.macros import Macros

FOLDER = Path(__file__).parent


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((FOLDER / f"{name}.json").read_text())]


def prompt_in_sql(macros: Macros, template: str, row: dict[str, str | None]) -> str | None:
    """Render the template to SQL and run it over one row that is passed as bound values, not as SQL."""
    expression = macros.call("_prompt_expression", template=template)
    columns = ", ".join(f'?::varchar as "{name}"' for name in row)
    query = f"select {expression} from (select {columns or '1 as nothing'})"
    answer = duckdb.execute(query, list(row.values())).fetchone()
    assert answer is not None
    return answer[0]


@pytest.mark.parametrize("case", cases("prompts"))
def test_prompt(case: dict[str, Any], macros: Macros) -> None:
    assert PromptTemplate(case["template"]).render(case["row"]) == case["prompt"]
    assert prompt_in_sql(macros, case["template"], case["row"]) == case["prompt"]
    prefix = macros.call("_prompt_prefix", template=case["template"])
    assert PromptTemplate(case["template"]).prefix() == prefix
    assert case["prompt"] is None or case["prompt"].startswith(prefix)


@pytest.mark.parametrize("case", cases("canonical_json"))
def test_canonical_json(case: dict[str, Any], macros: Macros) -> None:
    assert canonical_json(case["value"]) == case["json"]
    assert macros.call("_canonical_json", value=case["value"]) == case["json"]


def test_keys_that_yaml_reads_as_numbers_are_refused(macros: Macros) -> None:
    """As text they would be sorted otherwise, and have another request key; and dbt 2 reads no such file."""
    value: Any = {"logit_bias": {50256: -100, "9": 1.5}}
    with pytest.raises(TypeError, match="Expected '50256'; got 50256"):
        canonical_json(value)
    with pytest.raises(Exception, match=r"in quotes, as '50256'; got 50256, as YAML"):
        macros.call("_canonical_json", value=value)


@pytest.mark.parametrize("case", cases("request_keys"))
def test_request_key(case: dict[str, Any], macros: Macros) -> None:
    arguments = {key: case[key] for key in ("model_name", "model_parameters", "response_format")}
    assert request_key(case["prompt"], **arguments) == case["key"]
    constant = ["1", case["model_name"], canonical_json(case["model_parameters"]), canonical_json(case["response_format"])]
    head = hashlib.sha256("\n".join(constant).encode()).hexdigest()
    assert hashlib.sha256(f"{head}\n{case['prompt']}".encode()).hexdigest() == case["key"]
    expression = macros.call("request_key", prompt="?::varchar", **arguments)
    assert duckdb.execute(f"select {expression}", [case["prompt"]]).fetchone() == (case["key"],)


def parsed(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


@pytest.mark.parametrize("case", cases("completions"))
def test_the_object_of_a_completion(case: dict[str, Any], macros: Macros) -> None:
    assert parsed(unwrapped(case["completion"])) == case["value"]
    expression = macros.call("parse_wrapped_json", text_expression="?::varchar")
    answer = duckdb.execute(f"select {expression}", [case["completion"]]).fetchone()
    assert answer is not None and (None if answer[0] is None else parsed(answer[0])) == case["value"]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=4), max_size=3),
    around=st.tuples(st.text(" \n\t"), st.text(" \n\t")),
)
def test_an_object_that_parses_is_not_changed(value: dict[str, Any], around: tuple[str, str], macros: Macros) -> None:
    text = json.dumps(value).join(around)
    assert json.loads(unwrapped(text)) == value
    answer = duckdb.execute(f"select {macros.call('parse_wrapped_json', text_expression='?::varchar')}", [text]).fetchone()
    assert answer is not None and json.loads(answer[0]) == value


@pytest.mark.parametrize("case", [pytest.param(case, id=json.dumps(case["response_format"])) for case in JUDGEMENTS])
def test_judgement(case: dict[str, Any]) -> None:
    schema = normalised(case["response_format"])
    for answer in case["cases"]:
        assert reason(schema, answer["completion"]) == answer["reason"], answer


@pytest.mark.parametrize("text", MOMENTS)
def test_moment(text: str, macros: Macros) -> None:
    """Alone, in an object and in an array."""
    moment = {"type": "string", "format": "date-time"}
    schemas = [moment, {"type": "object", "properties": {"t": moment}}, {"type": "array", "items": moment}]
    columns = ", ".join(
        macros.call("typed_value", json_expression=f"json_extract(j, '$.{name}')", schema=schema)
        for name, schema in zip("abc", schemas, strict=True)
    )
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    row = connection.execute(
        f"select {columns} from (select ?::json as j)", [json.dumps({"a": text, "b": {"t": text}, "c": [text]})]
    )
    alone, within, listed = row.fetchone() or (None, None, None)
    assert alone is not None and alone.isoformat() == MOMENTS[text]
    assert (within, listed) == ({"t": alone}, [alone])


def test_prompt_version(macros: Macros) -> None:
    task = {
        "prompt": "it's {body} \\ 🙂",
        "response_format": {"a": {"type": "string"}},
        "model_parameters": {"temperature": 0.0},
    }
    version = prompt_version(task["prompt"], model_parameters=task["model_parameters"], response_format=task["response_format"])
    assert duckdb.execute(f"select {macros.call('_prompt_version', task=task)}").fetchone() == (version,)


# DuckDB's text holds any Unicode but NUL; surrogates are not Unicode text at all.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
template_texts = st.lists(
    st.sampled_from(
        ["{body}", "{body?}", "{{body}}", "\\{body}", "{", "}", "\\", "'", '"', "{{ x }}", "{% y %}", "$$", "\n", "{a b}", "é🙂"]
    )
    | texts,
    max_size=8,
).map("".join)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-1e9, 1e9, width=32).filter(lambda number: "e" not in repr(number))
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@relaxed
@given(template=template_texts, body=st.none() | texts)
def test_any_prompt_is_byte_exact(template: str, body: str | None, macros: Macros) -> None:
    row = {"body": body}
    assert prompt_in_sql(macros, template or "{body}", row) == PromptTemplate(template or "{body}").render(row)


@relaxed
@given(value=json_values)
def test_any_canonical_json_agrees_and_is_json(value: Any, macros: Macros) -> None:
    text = canonical_json(value)
    assert macros.call("_canonical_json", value=value) == text
    assert json.loads(text) == value


@pytest.mark.parametrize("case", cases("error_texts"))
def test_error_text(case: dict[str, Any], macros: Macros) -> None:
    """What a warehouse's function says of a failure; each text is in docs/errors.md, with its source."""
    expression = macros.call("_error_class", message="?::varchar", completion="null::varchar")
    texts = [case["text"]] * expression.count("?")
    assert duckdb.execute(f"select {expression}", texts).fetchone() == (case["class"],)
    row = f"| {case['warehouse']} | `{case['text']}` | `{case['class']}` | {case['source']} |"
    assert row in (FOLDER.parents[1] / "docs" / "errors.md").read_text()
