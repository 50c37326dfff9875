"""`dbt-llm calibration`: nothing that names an account, a person or a machine is in what it writes."""

import getpass
import json
from pathlib import Path

import duckdb
import pytest

from dbt_llm.calibration import answers, as_markdown
from dbt_llm.cli import main
from dbt_llm.report import open_database

SECRETS = [
    "sk-proj-0123456789abcdef",
    "dapi0123456789abcdef0123456789abcdef",
    "AIzaSyA-0123456789abcdefghijklmnopqrstu",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sflKxwRJSMeKKF2QT4",
    "abc12345.eu-central-1.snowflakecomputing.com",
    "dbc-a1b2c3d4-e5f6.cloud.databricks.com",
    "https://acme.openai.azure.com/openai/deployments/secret-deployment",
    "projects/acme-prod-123",
    "`acme-prod.analytics.gemini_flash`",
    "ACME_DB.ANALYTICS.dbt_llm__calibration",
    "ann.bell@example.org",
    "10.11.12.13:8080",
    "localhost:11434",
    "01234567-89ab-cdef-0123-456789abcdef",
    "123456789012",
    "/home/ann/project/models",
    "acme-llama-endpoint",
    "acme_fast",
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "my.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "create table dbt_llm__calibration (probe varchar, question varchar, function_name varchar, requests bigint,"
            " adapter varchar, endpoint varchar, model_name varchar, statement varchar, result varchar, error varchar,"
            " dbt_version varchar, database_version varchar, invocation_id varchar, ran_at timestamp)"
        )
        for n, secret in enumerate(SECRETS):
            for result, error in ((f'{{"errorMessage": "not found: {secret}, ```"}}', None), (None, f"[401] at {secret} (key)")):
                connection.execute(
                    "insert into dbt_llm__calibration values (?, 'What?', 'ai_query', 1, 'databricks', 'acme_fast',"
                    " 'acme-llama-endpoint', ?, ?, ?, '1.11.16', '2026.10', 'acme', now()::timestamp)",
                    [f"probe_{n}", f"select '{secret}'", result, error],
                )
    return file


@pytest.mark.parametrize("name", ["calibration.md", "calibration.json"])
def test_nothing_that_names_somebody_is_written(
    name: str, database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / name
    assert main(["calibration", "--database", str(database), "--out", str(out)]) == 0
    assert f"{2 * len(SECRETS)} answers. Read it before you send it." in capsys.readouterr().out
    text = out.read_text()
    for secret in [*SECRETS, "acme", "ACME", "snowflakecomputing", "ann.bell"]:
        assert secret not in text, secret
    # What the answer says stays.
    assert text.count("not found: ") == text.count("[401] at ") == len(SECRETS)
    assert "<url>" in text and "<secret>" in text and "<model>" in text and "2026.10" in text
    if name.endswith("json"):
        assert len(json.loads(text)["answers"]) == 2 * len(SECRETS)


def test_what_no_shape_hides_stays_as_it_came(database: Path) -> None:
    kept = [
        '{"result": "yes", "errorMessage": null, "usage": {"prompt_tokens": 12, "total_tokens": 345}}',
        "[AI_FUNCTION_HTTP_PARSE_CAST_ERROR] SQLSTATE: 42601 temperature must be <= 2 (gpt-4o-mini-2024-07-18)",
        'SQL compilation error: Unknown function AI_EMBED {"finish_reason": "length", "modelVersion": "gemini-2.5-flash"}',
    ]
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from dbt_llm__calibration")
        for n, text in enumerate(kept):
            connection.execute(
                "insert into dbt_llm__calibration (probe, question, result, model_name) values (?, 'What?', ?, 'gpt-4o-mini')",
                [str(n), text],
            )
    with open_database(database, holding="dbt_llm__calibration") as source:
        found = answers(source)
    assert [answer.result for answer in found] == kept
    assert {answer.model_name for answer in found} == {"gpt-4o-mini"}
    assert "gpt-4o-mini-2024-07-18" in as_markdown(found)


def test_this_machine_and_its_user_are_not_named(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "annabell")
    monkeypatch.setattr("socket.gethostname", lambda: "anns-laptop")
    assert getpass.getuser() == "annabell"
    with duckdb.connect(str(database)) as connection:
        connection.execute("update dbt_llm__calibration set error = 'annabell on anns-laptop may not'")
    with open_database(database, holding="dbt_llm__calibration") as source:
        assert {answer.error for answer in answers(source, with_model_names=True)} == {"<name> on <name> may not"}
        assert {answer.model_name for answer in answers(source, with_model_names=True)} == {"acme-llama-endpoint"}


def test_what_is_missing_is_said(database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"copy dbt_llm__calibration to '{tmp_path}/dbt_llm__calibration.parquet'")
        connection.execute("delete from dbt_llm__calibration")
    out = ["--out", str(tmp_path / "out.md")]
    assert main(["calibration", "--from-parquet", str(tmp_path), *out]) == 0
    for arguments, words in [
        (["--database", str(database)], "there is nothing in dbt_llm__calibration"),
        (["--database", str(tmp_path / "no.duckdb")], "is no file"),
        (["--from-parquet", str(tmp_path), "--schema", "main"], "--schema goes with --database"),
        (["--from-parquet", str(tmp_path), "--out", str(tmp_path / "no" / "out.md")], "cannot be written"),
    ]:
        assert main(["calibration", *out, *arguments]) == 2
        assert words in capsys.readouterr().err, arguments
