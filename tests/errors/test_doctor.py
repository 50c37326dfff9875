"""`dbt run-operation dbt_llm.doctor` asks all that costs nothing."""

import duckdb

from dbt_llm.testing import Server
from tests.support.project import Project

DOCTOR = ("run-operation", "dbt_llm.doctor")


def test_all_is_well(project: Project, server: Server) -> None:
    result = project.dbt(*DOCTOR)
    assert result.ok and "nothing is in the way" in result.output, result.output
    assert server.counters.calls == 0


def test_each_thing_that_is_missing_is_named_at_once(project: Project, server: Server) -> None:
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("drop table dbt_llm__runs")
        connection.execute("alter table dbt_llm__quarantine drop column attempt")
    result = project.dbt(*DOCTOR, DBT_LLM_TEST_KEY="", DBT_LLM_TEST_URL=server.base_url)
    assert not result.ok and "has 3 faults" in result.output, result.output
    assert '"dbt_llm__runs" is not there' in result.output
    assert "\"dbt_llm__quarantine\" is of an older version. Expected the columns 'attempt'" in result.output
    assert "endpoint 'fast' has no key. Expected it in the environment variable 'DBT_LLM_TEST_KEY'" in result.output


def test_a_server_that_is_not_there(project: Project) -> None:
    result = project.dbt(*DOCTOR, DBT_LLM_TEST_URL="http://127.0.0.1:9/v1")
    assert not result.ok and "http://127.0.0.1:9/v1/models cannot be reached" in result.output, result.output


def test_a_key_that_is_refused(project: Project) -> None:
    with Server(api_key="another") as server:
        result = project.dbt(*DOCTOR, DBT_LLM_TEST_URL=server.base_url)
        assert not result.ok and "refuses the key in 'DBT_LLM_TEST_KEY' (status 401)" in result.output, result.output
        assert server.counters.calls == 0
