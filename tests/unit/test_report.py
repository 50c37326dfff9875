"""The report without a browser: its band against dbt_llm__drift, its sources, its gates, its errors."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_llm.cli import main
from dbt_llm.client import ConfigurationError
from dbt_llm.report import build, open_database, open_parquet
from dbt_llm.report.drift import all_series
from dbt_llm.report.figures import dollars, plain, shorten
from dbt_llm.report.page import SECTIONS
from dbt_llm.report.summary import examine, summarise
from tests.support import history
from tests.unit import histories

EXPORTED = ("usage_daily", "runs", "quarantine", "drift", "evaluations", "responses")


def outside(database: Path) -> dict[str, int]:
    """Each compared share is outside its band exactly where the view says that it moved; how often which was."""
    counts = {"moved": 0, "stable": 0}
    with open_database(database) as source:
        for series in [one for task in all_series(source).values() for one in task]:
            for run, edges in zip(series.runs, series.bands(), strict=True):
                if edges is None or run["outcome"] not in counts:
                    continue
                counts[run["outcome"]] += 1
                low, high = edges
                # The view's approximations of the normal law are within 0.0005 standard deviations.
                hair = 2e-4
                if run["outcome"] == "moved":
                    assert not low + hair <= run["value"] <= high - hair, (series.name, run, edges)
                else:
                    assert low - hair <= run["value"] <= high + hair, (series.name, run, edges)
    return counts


def test_the_band_is_the_rule_of_the_view(history_database: Path) -> None:
    counts = outside(history_database)
    assert counts["moved"] >= 1 and counts["stable"] > 50


@pytest.mark.parametrize(("answers", "wobble"), [(40, 0.0), (200, 0.3), (1000, 0.1)])
def test_the_band_is_the_rule_of_the_view_on_random_histories(
    package_tables: Path, tmp_path: Path, answers: int, wobble: float
) -> None:
    """Quiet runs, then runs whose shares are others."""
    database = tmp_path / package_tables.name
    database.write_bytes(package_tables.read_bytes())
    with duckdb.connect(str(database)) as connection:
        connection.execute(histories.TABLE)
        changed = {("has_pii", "share", "true"): 0.4, ("topic", "share", "a"): 0.2, ("due_on", "null_rate", None): 0.05}
        parts = [
            histories.Runs(9, answers, wobble=wobble),
            histories.Runs(3, answers, changed, wobble=wobble),
            histories.Runs(8, answers, prompt_version="v2", wobble=wobble),
        ]
        histories.write_many(connection, ["one", "two", "three"], parts, histories.stream(5))
        connection.execute("insert into dbt_llm__output_distribution by name select * from history")
    counts = outside(database)
    assert counts["moved"] >= 3 and counts["stable"] > 100


def export(database: Path, folder: Path, tables: tuple[str, ...] = EXPORTED) -> None:
    place = str(folder).replace("'", "''")
    with duckdb.connect(str(database), read_only=True) as connection:
        for name in tables:
            if name == "runs":
                (folder / f"dbt_llm__{name}").mkdir()
                connection.execute(f"copy dbt_llm__{name} to '{place}/dbt_llm__{name}/part_0.parquet'")
            else:
                # Snowflake writes its names in upper case.
                upper = ", ".join(
                    f'"{column}" as "{column.upper()}"'
                    for (column, *_) in connection.execute(f"describe dbt_llm__{name}").fetchall()
                )
                connection.execute(f"copy (select {upper} from dbt_llm__{name}) to '{place}/dbt_llm__{name}.parquet'")


def test_exported_tables_say_the_same(history_database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "exported 'tables'"
    folder.mkdir()
    (folder / "unrelated.csv").write_text("a,b\n")
    export(history_database, folder)
    with open_database(history_database) as database, open_parquet(folder) as files:
        from_database, from_files = summarise(database, None), summarise(files, None)
        figures = [[section.figures for section in (part(source) for part in SECTIONS)] for source in (database, files)]
    assert from_files.facts == from_database.facts
    assert from_files.alarms == from_database.alarms
    assert figures[0] == figures[1]


def test_a_missing_table_is_said_in_words(history_database: Path, tmp_path: Path) -> None:
    export(history_database, tmp_path, ("quarantine",))
    with open_parquet(tmp_path) as source:
        page = build(source)
    assert "There is no table dbt_llm__drift here" in page
    assert "Rows by reason" in page


def test_the_page_is_told_by_figures_that_can_be_read(history_database: Path) -> None:
    """The figures' JSON is JSON, and the hostile text of the data is in it only as an escape."""
    with open_database(history_database) as source:
        page = build(source)
    [data] = [part.split("</script>")[0] for part in page.split('id="figures">')[1:]]
    figures = json.loads(data)
    assert set(figures) == {"volume-1", "volume-2", "cache-1", "cache-2", "quarantine-1", "drift-1", "accuracy-1", "latency-1"}
    assert sum(sum(trace["y"]) for trace in figures["volume-1"]["data"]) == history.SENT
    assert sum(sum(trace["y"]) for trace in figures["volume-2"]["data"]) == pytest.approx(history.PAID)
    assert page.count("</script>") == 3
    assert "<b>bold" not in page


def manifest(folder: Path, tests: list[tuple[str, str | None, dict[str, Any]]]) -> Path:
    """A target folder with these tests: name, compiled SQL, config."""
    nodes = {}
    for name, sql, config in tests:
        nodes[f"test.project.{name}"] = {
            "resource_type": "test", "package_name": "project", "original_file_path": "models/m.yml", "path": f"{name}.sql",
            "attached_node": "model.project.pii_risk",
            "test_metadata": {"name": name, "namespace": "dbt_llm", "kwargs": {"model": "{{ m }}", "max": 0.1}},
            "config": {"severity": "ERROR", "warn_if": "!= 0", "error_if": "!= 0", "fail_calc": "count(*)", **config},
        }  # fmt: skip
        if sql is not None:
            file = folder / "compiled" / "project" / "models" / "m.yml" / f"{name}.sql"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(sql)
    nodes["test.project.not_null"] = {"resource_type": "test", "test_metadata": {"name": "not_null", "namespace": None}}
    nodes["model.project.pii_risk"] = {"resource_type": "model"}
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    return folder


def test_gates_are_asked_as_dbt_asks_them(history_database: Path, tmp_path: Path) -> None:
    two = "select * from (values (1), (2)) as rows (n)"
    target = manifest(
        tmp_path,
        [
            ("a_passes", "select 1 as n where false", {}),
            ("b_fails", two, {}),
            ("c_warns", two, {"severity": "warn"}),
            ("d_tolerates", two, {"warn_if": "> 2", "error_if": "> 5"}),
            ("e_warns_before_it_fails", two, {"warn_if": "> 1", "error_if": "> 5"}),
            ("f_looks_at_more", two, {"error_if": "> 0 and max(n) > 5"}),
            ("g_sums", "select null::int as n where false", {"fail_calc": "sum(n)"}),
            ("h_is_not_compiled", None, {}),
            ("i_reads_what_is_not_there", "select * from no_such_table", {}),
        ],
    )
    with open_database(history_database) as source:
        gates = examine(source, target)
        summary = summarise(source, gates)
        page = build(source, target)
    assert [gate.status for gate in gates] == ["pass", "error", "warn", "pass", "warn", "warn", "pass", "unknown", "unknown"]
    assert gates[1].of == "pii_risk" and gates[1].arguments == "max: 0.1" and gates[1].message == "2 failing rows"
    assert "no_such_table" in gates[8].message
    [fact] = [fact for fact in summary.facts if fact.name == "gates"]
    assert fact.figure == "4 of 9"
    assert "The gate b_fails of pii_risk (max: 0.1) would fail: 2 failing rows." in summary.alarms
    assert any("h_is_not_compiled" in alarm for alarm in summary.alarms)
    assert "i_reads_what_is_not_there" in page


def test_a_schema_is_found_or_named(package_tables: Path, tmp_path: Path) -> None:
    database = tmp_path / package_tables.name
    database.write_bytes(package_tables.read_bytes())
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema other")
        connection.execute("create table other.dbt_llm__responses as from main.dbt_llm__responses")
    with open_database(database, "OTHER") as source:
        assert source.tables == {"dbt_llm__responses"}
    with (
        pytest.raises(ConfigurationError, match="Expected one schema .* got 'main', 'other'. Name one with --schema."),
        open_database(database),
    ):
        pass


def test_the_command(history_database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    assert main(["report", "--database", str(history_database), "--out", str(out)]) == 0
    assert out.read_text().startswith("<!doctype html>")
    assert "open it in a browser" in capsys.readouterr().out
    for arguments, words in [
        (["--database", str(tmp_path / "no.duckdb")], "is no file"),
        (["--database", str(out)], "cannot be opened"),
        (["--database", str(history_database), "--target", str(tmp_path)], "Run `dbt build` first"),
        (["--database", str(history_database), "--out", str(tmp_path / "no" / "out.html")], "cannot be written"),
        (["--from-parquet", str(tmp_path)], "holds no exported table"),
        (["--from-parquet", str(tmp_path), "--schema", "main"], "--schema goes with --database"),
    ]:
        assert main(["report", *arguments]) == 2
        assert words in capsys.readouterr().err, arguments


def test_the_title_is_the_project_and_the_target(history_database: Path, tmp_path: Path) -> None:
    target = manifest(tmp_path, [])
    held = json.loads((target / "manifest.json").read_text())
    (target / "manifest.json").write_text(json.dumps({**held, "metadata": {"project_name": "support"}}))
    with open_database(history_database) as source:
        assert f"<title>{history_database.name}, schema main</title>" in build(source)
        assert "<title>support</title>" in build(source, target)
        (target / "run_results.json").write_text(json.dumps({"args": {"target": "<prod>"}}))
        page = build(source, target)
    assert "<title>support, target &lt;prod&gt;</title>" in page
    assert "<h1>support, target &lt;prod&gt;</h1>" in page


def test_where_nothing_was_sent_no_price_is_missed(package_tables: Path, tmp_path: Path) -> None:
    database = tmp_path / package_tables.name
    database.write_bytes(package_tables.read_bytes())
    with open_database(database) as source:
        facts = {fact.name: fact.figure for fact in summarise(source, None).facts}
        page = build(source)
    assert facts["paid"] == "nothing was sent"
    assert "no price" not in page.partition("<script>")[0]
    with duckdb.connect(str(database)) as connection:
        # Every request was answered from the cache.
        connection.execute(
            "insert into dbt_llm__runs (task, invocation_id, model_name, prompt_version, distinct_requests, pending_requests,"
            " prompt_rows, sent_requests, started_at) values ('pii_risk', 'one', 'm', 'v', 5, 0, 5, 0, timestamp '2026-03-01')"
        )
    with open_database(database) as source:
        facts = {fact.name: (fact.figure, fact.words) for fact in summarise(source, None).facts}
        page = build(source)
    assert facts["paid"] == ("nothing was sent", "so nothing was paid")
    assert facts["would-have-paid"][0] == "no price" and "5 rows" in facts["would-have-paid"][1]
    assert "Nothing was sent, so nothing was paid" in page and "No endpoint has a price" not in page


def test_answers_of_a_cluster_have_their_engine_and_their_cost(package_tables: Path, tmp_path: Path) -> None:
    database = tmp_path / package_tables.name
    database.write_bytes(package_tables.read_bytes())
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into dbt_llm__responses (request_key, task, model_name, prompt_version, status, completion, input_tokens,"
            " output_tokens, cost_usd, latency_ms, attempt, engine, invocation_id, requested_at, responded_at)\n"
            "select 'key' || n, 'pii_risk', 'own-8b', 'v', 'succeeded', '{}', 100, 20, if(n < 3, 0.25, null), 40, 1,"
            " if(n < 3, 'ray', 'spark'), 'one', timestamp '2026-03-01', timestamp '2026-03-01 00:00:01'\n"
            "from range(1, 6) as numbers (n)"
        )
    with open_database(database) as source:
        summary = summarise(source, None)
        page = build(source)
    [paid] = [fact for fact in summary.facts if fact.name == "paid"]
    assert (paid.figure, paid.words) == ("0.5000 USD", "paid, for 5 requests, answered by ray, spark")
    assert paid.words in page and "0.5000 USD" in page
    notes = " ".join(summary.notes)
    assert "an endpoint without a price" in notes and "the hours of a cluster of your own" in notes


def test_words_and_figures() -> None:
    assert [dollars(amount) for amount in (None, 0.0219, 1234.5)] == ["no price", "0.0219 USD", "1,234.50 USD"]
    assert plain("<b> & </b>") == "&lt;b&gt; &amp; &lt;/b&gt;"
    assert shorten("x" * 40) == "x" * 35 + "…"
