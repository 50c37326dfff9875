"""The prompt that the server receives is byte-exact, for any text in the data and in the template."""

import json
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbt_llm.contract import PromptTemplate
from dbt_llm.testing import Server, from_schema
from tests.support.project import PII, Project

HOSTILE = [
    "", " ", "'", "''", '"', "\\", "\\\\", "\\n", "\n", "\r\n", "\t", "`", "$$", "$1", "%s", "?", ";", "--", "/* */", "{}",
    "{body}", "{{ body }}", "{{body}}",
    "{% raw %}", "{# #}", '{"json": [1, null]}', "</message>", "'; drop table messages; --", "NULL",
    "null", "\u0001\u001f\u007f", "\u2028\u2029", "\ufeffbom", "\ufffd",
    "é", "e\u0301", "🙂", "👩‍👩‍👧", "שלום", "日本語", "x" * 100_000,
]  # fmt: skip
# DuckDB's text holds any Unicode but NUL; surrogates are not Unicode text at all.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200)
# A template goes through YAML and through dbt's Jinja, so `{{`, `{%` and `{#` stand in a raw block there.
templates = st.lists(
    st.sampled_from(["{body}", "{body?}", "\\{body}", "{", "}", "'", "\\", "$$", "\n", '{"a": 1}', "{a b}", "🙂", "--", "''"])
    | texts,
    min_size=1,
    max_size=6,
).map("".join)


@settings(max_examples=3, deadline=None, phases=[Phase.generate], derandomize=True, suppress_health_check=list(HealthCheck))
@given(bodies=st.lists(texts, min_size=150, max_size=200), template=templates)
def test_prompts_arrive_byte_for_byte(bodies: list[str], template: str, tmp_path_factory: object) -> None:
    folder: Path = tmp_path_factory.mktemp("hostile")  # type: ignore[attr-defined]
    template = f"{template} <message>{{body}}</message>".replace("endraw", "")
    bodies = [*HOSTILE, *bodies]
    with Server(from_schema) as server:
        project = Project(folder / "project", server.base_url)
        project.messages(list(enumerate(bodies)))
        project.task("pii_risk", {**PII, "prompt": "{% raw %}" + template + "{% endraw %}"})
        project.run_tasks()
        expected = {PromptTemplate(template).render({"body": body}) for body in bodies}
        assert set(server.counters.prompts) == expected
        assert server.counters.calls == len(expected)
        assert project.statuses() == {("succeeded", None): len(bodies)}
        assert json.loads(json.dumps(bodies)) == [
            row[0] for row in project.query("select body from pii_risk order by message_id")
        ]
