"""A Python task gives the table of the SQL task, and pays by the same rules."""

from tests.support.project import Project
from tests.support.python_project import python_task


def test_the_same_table_as_sql_and_each_request_once(project: Project) -> None:
    python_task(project, "pii_in_python")
    result = project.run("--select", "package:dbt_llm", "pii_in_python")
    print(result.output)
    assert len(project.query("select * from pii_in_python")) == 20
