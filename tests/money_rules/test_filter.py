"""A filter, from the first answers to the gate: what it spares in calls, and that what is paid for is shown."""

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.cli import main
from dbt_llm.macros import Macros
from dbt_llm.testing import ChatRequest, Server
from tests.support.project import PII, Project

FILTER = {"label": "has_pii", "recall": 0.95, "audit": 0.05}
TRAINER = """\
import dbt_llm


def model(dbt, session):
    dbt.config(materialized="incremental")
    rows = dbt.ref("pii_risk_labelled")
    return dbt_llm.train_filter(dbt, session, rows)
"""


def answer(request: ChatRequest) -> str:
    """One in five has personal data, by its number."""
    number = int(request.prompt.split("message ")[1].split("<")[0])
    return json.dumps({"has_pii": number % 5 == 0, "pii_types": [], "confidence": 0.5})


def write_messages(project: Project, count: int) -> None:
    """Embeddings that tell well, not perfectly, which number a message has."""
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "create or replace table messages as select n as message_id, 'message ' || n as body,"
            " [case when n % 5 = 0 then 3 else 0 end + sin(n * 12.9898) + cos(n * 78.233), sin(n * 3.7), cos(n * 9.1)]::float[3]"
            " as embedding"
            f" from range({count}) as numbers (n)"
        )


def write_trainer(project: Project) -> None:
    rows = "{{ dbt_llm.filter_rows(ref('pii_risk'), source('raw', 'messages')) }}"
    project.write_model("pii_risk_labelled", "{{ config(materialized='view') }}\n" + rows)
    (project.models / "pii_risk_filter.py").write_text(TRAINER)
    declared = {"models": [{"name": "pii_risk_filter", "config": {"post_hook": "{{ dbt_llm.record_filter() }}"}}]}
    (project.models / "pii_risk_filter.yml").write_text(yaml.safe_dump(declared))


def filters(database: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute("select * exclude (trained_at) from dbt_llm__filters order by trained_at").fetchall()


def run(project: Project, **limits: Any) -> str:
    project.task("pii_risk", {**PII, "filter": FILTER, "limits": limits}, data_tests=["dbt_llm.filter_recall_at_least"])
    return " ".join(project.run_tasks(DBT_WRITE_JSON="true").output.split())


def test_a_filter_spares_calls_and_pays_for_no_answer_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server(answer) as server:
        project = Project(tmp_path / "project", server.base_url, max_in_flight=128)
        write_messages(project, 3_000)
        write_trainer(project)
        output = run(project, requests=1_000)
        assert "no filter is in force, and everything is asked: none is trained" in output
        assert server.counters.calls == 1_000
        # The same run has trained one; the command trains the same, on the same answers.
        assert "has a recall of at least 0.9" in output and len(filters(project.database)) == 1
        # DuckDB names a database by its file, beside which what is not checkpointed is.
        copied = tmp_path / "copied" / project.database.name
        copied.parent.mkdir()
        for file in project.folder.glob(f"{project.database.name}*"):
            shutil.copy(file, copied.parent)
        command = ["filter", "pii_risk", "--database", str(copied), "--target", str(project.folder / "target")]
        assert main(command) == 0, capsys.readouterr()
        said = capsys.readouterr().out
        assert "recall of the rows with has_pii = true: at least 0.9" in said and "at a confidence of 0.95" in said
        assert filters(copied) == 2 * filters(project.database)
        planned = project.dbt("run-operation", "dbt_llm.plan", "--args", yaml.safe_dump({"task": "pii_risk"}))
        assert planned.ok, planned.output
        [spared] = [line.split() for line in planned.output.splitlines() if "left out by the filter" in line]
        dropped, without = int(spared[-6].replace(",", "")), int(spared[-5].replace(",", ""))
        assert without == 2_000 and 1_000 < dropped < 1_600
        output = run(project)
        assert "is in force, with a recall of at least 0.9" in output and f"{dropped} of them by the filter" in output
        assert server.counters.calls == 3_000 - dropped
        assert project.statuses() == {("succeeded", None): 3_000 - dropped, ("skipped", "filtered"): dropped}
        assert project.query(
            "select distinct_requests, pending_requests, filtered_requests from dbt_llm__runs order by started_at desc limit 1"
        ) == [(3_000 - dropped, 2_000 - dropped, dropped)]
        # Nobody's label is lost in number, only in rows: what was dropped has none.
        assert project.query("select count(*) from pii_risk where llm_status = 'skipped' and has_pii is not null") == [(0,)]
        [(wanted,)] = project.query("select count(*) from pii_risk where has_pii")
        assert wanted >= 0.93 * 600
        run(project)
        assert server.counters.calls == 3_000 - dropped, "a second run asks nothing"
        [(audited, found)] = project.query("select audited_requests, found_requests from dbt_llm__filter_recall")
        assert 40 < audited < 160 and found > 0
        gate = project.dbt("test", "--select", "pii_risk")
        assert gate.ok, gate.output
        # Another prompt is another question: nothing is proven of it, and it is said before it is asked.
        project.task("pii_risk", {**PII, "prompt": "Any? message {message_id}<", "filter": FILTER, "limits": {"requests": 5}})
        assert len(filters(project.database)) == 1, "none is trained while one is in force"
        output = " ".join(project.run_tasks().output.split())
        assert "none is trained for this prompt, language model and label" in output
        assert project.query("select count(*) from pii_risk where llm_reason = 'filtered'") == [(0,)]
        assert "the filter of pii_risk is not proven, and everything is asked: " in output and "it takes 10, 10 and 59" in output
        assert [row[10] is None for row in filters(project.database)] == [False, True]
        emptied = project.dbt("run", "--empty", "--select", "pii_risk_labelled", "pii_risk_filter")
        assert emptied.ok and len(filters(project.database)) == 2, emptied.output


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"label": "has_pi"},
            "meta.llm.filter.label: no such response column. Expected one of 'has_pii', 'pii_types', 'confidence'; got 'has_pi'",
        ),
        ({"label": "confidence"}, "meta.llm.filter.label: has no labels to want"),
        ({"recall": 1}, "meta.llm.filter.recall: not a share below 1"),
        ({"audit": 0}, "meta.llm.filter.audit: not a share above 0"),
        (
            {"value": "yes"},
            "meta.llm.filter.value: not what a part of the rows would have. Expected some of, and not all of, 'true', 'false'",
        ),
        ({"threshold": 0.5}, "meta.llm.filter: unknown key 'threshold'"),
    ],
)
def test_the_faults_of_a_filter(changed: dict[str, Any], said: str) -> None:
    faults = Macros("duckdb", {"model": {"language": "sql"}}).call("_filter_faults", {**PII, "filter": {**FILTER, **changed}})
    assert len(faults) == 1 and said in faults[0]


def test_a_filter_without_a_response_format_in_the_yaml_is_told_so() -> None:
    of_a_class = {name: value for name, value in PII.items() if name != "response_format"}
    faults = Macros("duckdb", {"model": {"language": "python"}}).call("_filter_faults", {**of_a_class, "filter": FILTER})
    assert len(faults) == 1 and "needs the response format in the YAML" in faults[0] and "dbt-llm response-format" in faults[0]
