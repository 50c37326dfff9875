"""From dbt 1 to dbt 2 and back: the same keys, so that nothing is paid again."""

import shutil
from pathlib import Path

import duckdb

from dbt_llm.testing import Server
from tests.support import dbt2
from tests.support.project import PII, Project

pytestmark = dbt2.needed

ANSWERS = "select message_id, has_pii, llm_status, llm_request_key from pii_risk order by message_id"


def test_nothing_is_paid_again(tmp_path: Path, server: Server, home: Path, built: Path) -> None:
    project = Project(tmp_path / "project", server.base_url)
    # A file in the format of the older of the two DuckDBs: docs/dbt-v2.md says how one is made.
    shutil.copy(built / project.database.name, project.database)
    # Each control character has a form of its own in the request key's JSON. dbt 1 reads a carriage return as a line break,
    # and takes one off the end of a text.
    controls = "".join(map(chr, range(32)))
    has_pii = {"type": "boolean", "description": f'true, if "PII" of the 5 kinds is there: \\x07 {controls}\r\n'}
    project.task("pii_risk", {
        **PII, "prompt": "\rPII?\r\n{body}\n", "model_parameters": {"stop": ["a\n", "b\n\n", '{{ "\\n" }}'], "user": "x\n"},
        "response_format": {**PII["response_format"], "has_pii": has_pii},
    })  # fmt: skip
    # What stands in the model's own file is not read as YAML.
    own = {**PII, "model_parameters": {"stop": ["END\n"]}}
    (project.models / "own.sql").write_text(
        f"{{{{ config(materialized='table', meta={{'llm': {own!r}}}) }}}}\n{{{{ dbt_llm.enrich(source('raw', 'messages')) }}}}"
    )
    project.messages([(i, f"message {i}, \"'é🙂\\") for i in range(20)])
    project.run_tasks()
    assert server.counters.calls == 40
    answers = project.query(ANSWERS)

    command = dbt2.start(project, home, "run", "--full-refresh")
    command.join(120)
    assert command.exitcode == 0, project.output.read_text()
    assert project.query(ANSWERS) == answers

    # And what is new is paid for once, whichever of them finds it.
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("insert into messages values (20, 'message 20')")
    command = dbt2.start(project, home, "run", "--select", "pii_risk", "own")
    command.join(120)
    assert command.exitcode == 0, project.output.read_text()
    project.run_tasks("--full-refresh")
    assert project.query(ANSWERS)[:20] == answers
    assert server.counters.calls == 42
