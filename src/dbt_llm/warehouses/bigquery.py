"""BigQuery: a Python model runs on BigQuery DataFrames, or on Spark in Dataproc; the SQL goes to BigQuery either way."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

_numbers = itertools.count(1)


class BigQueryWarehouse:
    """A `Warehouse` on a session of BigQuery DataFrames."""

    adapter = "bigquery"
    linger_s = 60.0
    """A table takes 1,500 load jobs a day. (https://cloud.google.com/bigquery/quotas, read 2026-11)"""

    def __init__(self, session: Any) -> None:
        """`session`: a `bigframes.session.Session`."""
        self._session = session
        self._client: Any = session.bqclient

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self._client.query_and_wait(sql)]

    def execute(self, sql: str) -> None:
        self._client.query_and_wait(sql)

    def columns(self, sql: str) -> list[str]:
        found = self._client.query_and_wait(f"select * from (\n{sql}\n) as described limit 0")
        return [field.name for field in found.schema]

    def exists(self, relation: str) -> bool:
        from google.api_core.exceptions import NotFound

        try:
            self._client.get_table(_plain(relation))
        except NotFound:
            return False
        return True

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        from google.cloud.bigquery import LoadJobConfig

        table = _plain(relation)
        fields = {field.name.lower(): field for field in self._client.get_table(table).schema}
        settings = LoadJobConfig(
            schema=[fields[name.lower()] for name in rows[0]],
            write_disposition="WRITE_APPEND",
            source_format="NEWLINE_DELIMITED_JSON",
        )
        written = [{name: _json_value(value) for name, value in row.items()} for row in rows]
        self._client.load_table_from_json(written, table, job_config=settings).result()

    def sql_name(self, name: str) -> str:
        return f"`{name}`"

    def name_of(self, frame: Any) -> str:
        # Without a destination it is a table of the session's, which BigQuery drops by itself.
        return f"`{frame.to_gbq()}`"

    def frame(self, sql: str) -> Any:
        return self._session.read_gbq_query(sql)

    def secret(self, name: str) -> str | None:
        """A version of a secret in Secret Manager: `projects/…/secrets/…/versions/latest`."""
        try:
            from google.cloud import secretmanager  # type: ignore[attr-defined, unused-ignore]
        except ImportError:
            return None
        found = secretmanager.SecretManagerServiceClient().access_secret_version(name=name)
        return str(found.payload.data.decode())


class DataprocWarehouse(BigQueryWarehouse):
    """The same, where the session is dbt-bigquery's Spark: frames are written to BigQuery, and read from it."""

    def __init__(self, session: Any, client: Any = None) -> None:
        """`session`: a Spark session with the connector for BigQuery. `client`: of google-cloud-bigquery."""
        from google.cloud import bigquery

        self._session = session
        self._client = client or bigquery.Client()

    def name_of(self, frame: Any) -> str:
        table = self._own_table()
        frame.write.format("bigquery").option("writeMethod", "direct").mode("overwrite").save(table)
        return f"`{table}`"

    def frame(self, sql: str) -> Any:
        job = self._client.query(sql)
        job.result()
        # The rows of a query are in a table that BigQuery keeps for a day.
        destination = job.destination
        table = f"{destination.project}.{destination.dataset_id}.{destination.table_id}"
        return self._session.read.format("bigquery").load(table)

    def _own_table(self) -> str:
        """A table in the hidden dataset of query results, which is dropped after a day."""
        job = self._client.query("select 1 as one")
        job.result()
        destination = job.destination
        return f"{destination.project}.{destination.dataset_id}._dbt_llm_input_{job.job_id.replace('-', '_')}_{next(_numbers)}"


def _plain(relation: str) -> str:
    return relation.replace("`", "")


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
