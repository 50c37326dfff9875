"""Ask a warehouse through its own client, and get values that can be compared with another's."""

import datetime
import decimal
import json
from typing import Any

import duckdb

JSON_COLUMNS = {"pii_types", "tags", "address", "extracted", "embedding"}
"""Arrays and objects, which some clients hand out as text."""


def query(target: dict[str, Any], sql: str) -> list[dict[str, Any]]:
    """The rows of a query in the target's schema, by column names in lower case."""
    names, rows = {"duckdb": _duckdb, "snowflake": _snowflake, "databricks": _databricks, "bigquery": _bigquery}[target["type"]](
        target, sql
    )
    lower = [name.lower() for name in names]
    return [{name: _plain(name, value) for name, value in zip(lower, row, strict=True)} for row in rows]


def _duckdb(target: dict[str, Any], sql: str) -> tuple[list[str], list[Any]]:
    with duckdb.connect(target["path"], read_only=True) as connection:
        found = connection.execute(sql)
        return [column[0] for column in found.description], found.fetchall()


def _snowflake(target: dict[str, Any], sql: str) -> tuple[list[str], list[Any]]:
    import snowflake.connector

    names = ("account", "user", "password", "host", "port", "protocol", "database", "schema", "warehouse", "role")
    with snowflake.connector.connect(**{name: target[name] for name in names}) as connection:
        cursor = connection.cursor().execute(sql)
        return [column.name for column in cursor.description], cursor.fetchall()


def _databricks(target: dict[str, Any], sql: str) -> tuple[list[str], list[Any]]:
    from databricks import sql as client

    with client.connect(
        server_hostname=target["host"],
        http_path=target["http_path"],
        access_token=target["token"],
        catalog=target["catalog"],
        schema=target["schema"],
        **target.get("connection_parameters", {}),
    ) as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        return [column[0] for column in cursor.description], cursor.fetchall()


def _bigquery(target: dict[str, Any], sql: str) -> tuple[list[str], list[Any]]:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery

    project, dataset = target["project"], target["dataset"]
    client = bigquery.Client(
        project=project, credentials=AnonymousCredentials(), client_options={"api_endpoint": target["api_endpoint"]}
    )
    settings = bigquery.QueryJobConfig(default_dataset=f"{project}.{dataset}")
    rows = client.query(sql, job_config=settings).result()
    return [field.name for field in rows.schema], [row.values() for row in rows]


def _plain(name: str, value: Any) -> Any:
    if name in JSON_COLUMNS and isinstance(value, str):
        value = json.loads(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if hasattr(value, "asDict"):
        value = value.asDict()
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        # Some warehouses keep names of fields in one case.
        return {key.lower(): _plain("", member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain("", member) for member in value]
    return value
