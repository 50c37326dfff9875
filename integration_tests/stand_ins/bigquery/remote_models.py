"""CREATE MODEL … REMOTE WITH CONNECTION, which bqemulator refuses: it wants a training query."""

from dataclasses import dataclass

import bqemulator.jobs.executor as executor
import pyarrow as pa
import sqlglot
from bqemulator.domain.errors import InvalidQueryError, ResourceRef, resource_not_found
from sqlglot import exp

_ENDPOINTS: dict[tuple[str, str, str], str] = {}


@dataclass(frozen=True)
class RemoteModel(executor._CreateModelRequest):
    endpoint: str


def install() -> None:
    parse, register = executor.parse_create_model, executor.register_model

    def parse_create_model(sql):
        return _parse(sql) or parse(sql)

    def register_model(request, project_id, arrow_schema, *, operation, now, ctx):
        if isinstance(request, RemoteModel):
            arrow_schema = pa.schema([])
            _ENDPOINTS[(request.project_id or project_id, request.dataset_id, request.model_id)] = request.endpoint
        return register(request, project_id, arrow_schema, operation=operation, now=now, ctx=ctx)

    executor.parse_create_model, executor.register_model = parse_create_model, register_model


def endpoint_of(name: str, project_id: str, ctx) -> str:
    """The endpoint of a model that was created; an error as BigQuery's for one that was not."""
    parts = name.split(".")
    if len(parts) == 2:
        parts = [project_id, *parts]
    if len(parts) != 3:
        raise InvalidQueryError(f"Model name {name!r} must be qualified with a dataset (e.g. dataset.model).")
    if ctx.catalog.get_model(*parts) is None:
        raise resource_not_found(ResourceRef("model", *parts))
    if tuple(parts) not in _ENDPOINTS:
        raise InvalidQueryError(f"Model {name} is not a remote model: AI functions need an endpoint.")
    return _ENDPOINTS[tuple(parts)]


def _parse(sql: str) -> RemoteModel | None:
    if "remote" not in sql.lower():
        return None
    tree = sqlglot.parse_one(sql, read="bigquery")
    properties = tree.args.get("properties")
    if not isinstance(tree, exp.Create) or tree.kind != "MODEL" or properties is None:
        return None
    if properties.find(exp.RemoteWithConnectionModelProperty) is None:
        return None
    options = {
        option.name.lower(): option.args["value"] for option in properties.find_all(exp.Property) if type(option) is exp.Property
    }
    if set(options) != {"endpoint"} or not options["endpoint"].is_string:
        raise InvalidQueryError("The stand-in takes the option endpoint of a remote model, as a text, and no other.")
    project, dataset, model = executor._model_target(tree.this)
    return RemoteModel(
        project_id=project, dataset_id=dataset, model_id=model, model_type="MODEL_TYPE_UNSPECIFIED", label_cols=(),
        select_sql="select 1 as nothing", replace=bool(tree.args.get("replace")),
        if_not_exists=bool(tree.args.get("exists")), endpoint=options["endpoint"].name,
    )  # fmt: skip
