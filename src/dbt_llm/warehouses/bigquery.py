"""BigQuery: a Python model runs on BigQuery DataFrames, or on Spark in Dataproc; the SQL goes to BigQuery either way."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .json_rows import json_row, texts_in_parts

__all__ = ["BigQueryWarehouse", "DataprocWarehouse"]

_LARGEST_PARAMETER = 8_000_000
"""Bytes of a text that fits into a request with its statement, which may have 10 MB."""
_TYPES = {
    "STRING": "string",
    "INTEGER": "int64",
    "FLOAT": "float64",
    "TIMESTAMP": "timestamp",
    "BOOLEAN": "bool",
    "DATETIME": "datetime",
}
_numbers = itertools.count(1)


class BigQueryWarehouse:
    """A `Warehouse` on a session of BigQuery DataFrames."""

    adapter = "bigquery"
    linger_s = 5.0

    def __init__(self, session: Any) -> None:
        """`session`: a `bigframes.session.Session`."""
        self._session = session
        self._client: Any = session.bqclient

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self._client.query(sql).result()]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        for row in self._client.query(sql).result():
            yield tuple(row.values())

    def execute(self, sql: str) -> None:
        self._client.query(sql).result()

    def columns(self, sql: str) -> dict[str, str]:
        found = self._client.query(f"select * from (\n{sql}\n) as described limit 0").result()
        return {field.name: _type_of(field) for field in found.schema}

    def types(self, relation: str) -> dict[str, str]:
        return {field.name: _type_of(field) for field in self._client.get_table(_plain(relation)).schema}

    def exists(self, relation: str) -> bool:
        from google.api_core.exceptions import NotFound

        try:
            self._client.get_table(_plain(relation))
        except NotFound:
            return False
        return True

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        from google.cloud.bigquery import QueryJobConfig, ScalarQueryParameter

        fields = {field.name.lower(): field for field in self._client.get_table(_plain(relation)).schema}
        for part in texts_in_parts([json_row(row) for row in rows], _LARGEST_PARAMETER):
            names = list(rows[0])
            values = ", ".join(f"{_value(fields[name.lower()], name)} as {name}" for name in names)
            # One text for all rows: an insert has no daily quota, as load jobs do, and is one commit.
            self._client.query(
                f"insert into {relation} ({', '.join(names)})\nselect {values}\nfrom unnest(json_query_array(@rows)) as row",
                job_config=QueryJobConfig(query_parameters=[ScalarQueryParameter("rows", "STRING", f"[{','.join(part)}]")]),
            ).result()

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


def _value(field: Any, name: str) -> str:
    """A member of the JSON text `row` as SQL, in the type of its column."""
    kind = _TYPES[field.field_type]
    if getattr(field, "mode", None) == "REPEATED":
        items = f"unnest(json_value_array(row, '$.{name}')) as item with offset as place"
        return f"array(select cast(item as {kind}) from {items} order by place)"
    return f"cast(json_value(row, '$.{name}') as {kind})"


def _type_of(field: Any) -> str:
    """A field's type as SQL writes it; the API has the names of legacy SQL, and writes an array as a mode."""
    kind = str(field.field_type)
    if kind in ("RECORD", "STRUCT"):
        kind = f"STRUCT<{', '.join(f'{member.name} {_type_of(member)}' for member in field.fields)}>"
    return f"ARRAY<{kind}>" if field.mode == "REPEATED" else kind
