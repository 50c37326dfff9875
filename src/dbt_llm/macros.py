"""The package's own macros, rendered outside dbt: a dbt Python model gets the SQL that a SQL model gets.

A macro is found by its definition, whatever file it stands in. What a macro asks of dbt is answered by the names that
`Macros` is given; what it asks of the database goes to the platform's session.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import jinja2

from .client import DbtLlmError, host
from .warehouses import Warehouse

if TYPE_CHECKING:
    # Where Python 3.10 has it; later ones have it elsewhere too.
    from importlib.abc import Traversable

__all__ = ["EngineAnswers", "Macros", "ModelAnswers", "Relation", "database_names"]


class _OfEveryModel(TypedDict):
    _task_name: Callable[[], str]
    _mode: Callable[[], str]
    _writes_rows: Callable[[], bool]
    _is_built: Callable[[], bool]
    _package_relation: Callable[[str], Relation]
    _work_relation: Callable[[str], Relation]


class ModelAnswers(_OfEveryModel, total=False):
    """What a Python model answers in place of the macros of `macros/_internal/model.sql`: all of them, by their names."""

    _task: Callable[[str], Mapping[str, Any]]


class _OfEveryEngine(TypedDict):
    _engine_name: Callable[[], str]
    _endpoint_faults: Callable[[Mapping[str, Any]], list[str]]
    _recover_answers: Callable[..., None]
    _complete_relation: Callable[..., dict[str, Any]]
    _reserves_for_run: Callable[[], str | None]


class EngineAnswers(_OfEveryEngine, total=False):
    """What an engine answers in place of the macros of `macros/enrich/engine.sql`: all of them, by their names.

    One whose calls all end within the run leaves the last two to the macros.
    """

    _empty_outcome: Callable[..., dict[str, Any]]
    _awaits_answers: Callable[[Mapping[str, Any]], bool]


class Macros:
    """Renders macros: `Macros(adapter, globals).call("_task_query", relation="t", responses="r", task={…})`."""

    def __init__(self, adapter: str, names: Mapping[str, Any], functions: Mapping[str, Any] | None = None) -> None:
        """`names`: what dbt's context would hold. `functions`: `ModelAnswers`, `EngineAnswers`."""
        self._adapter = adapter
        self._functions: dict[str, Callable[..., Any]] = dict(functions or {})
        self._found: dict[str, Callable[..., Any]] = {}
        self._names = {
            "execute": True,
            "return": _return,
            "tojson": _to_json,
            "fromjson": json.loads,
            "env_var": _env_var,
            "log": _log,
            "exceptions": _Exceptions(),
            "adapter": _Adapter(self),
            "dbt_llm": _Package(self),
            **names,
        }

    @property
    def adapter(self) -> str:
        """dbt's name of the adapter whose SQL is written."""
        return self._adapter

    def call(self, name: str, /, *arguments: Any, **named: Any) -> Any:
        """Return what a macro returns; a text where it returns nothing by itself.

        Raises `DbtLlmError` with what the macro raises, and `LookupError` where there is no such macro.
        """
        return self.macro(name)(*arguments, **named)

    def types_of_query(self, sql: str) -> dict[str, str]:
        """A query's columns, with their types."""
        found: dict[str, str] = self._names["column_types_of_query"](sql)
        return found

    def types(self, relation: str) -> dict[str, str]:
        """The columns of a table, with their types."""
        found: dict[str, str] = self._names["column_types"](relation)
        return found

    def macro(self, name: str) -> Callable[..., Any]:
        """The macro of that name, as a function."""
        if name not in self._found:
            self._found[name] = self._functions[name] if name in self._functions else self._load(name)
        return self._found[name]

    def dispatched(self, name: str) -> Callable[..., Any]:
        """This adapter's answer to a primitive, or the contract's default."""
        own = f"{self._adapter}__{name}"
        return self.macro(own if own in _definitions() else f"default__{name}")

    def _load(self, name: str) -> Callable[..., Any]:
        if name not in _definitions():
            raise LookupError(f"dbt_llm has no macro {name}.")
        template = _template(_definitions()[name])
        # Not `make_module`, which hides the names that begin with an underscore.
        context = template.new_context(self._names)
        for _ in template.root_render_func(context):
            pass
        macro = context.vars[name]

        def call(*arguments: Any, **named: Any) -> Any:
            try:
                return str(macro(*arguments, **named))
            except _ReturnedError as returned:
                return returned.value

        return call


class Relation(str):
    """A relation as dbt renders it, with the parts that macros ask for."""

    database: str
    schema: str
    identifier: str

    def __new__(cls, rendered: str, database: str, schema: str, identifier: str) -> Relation:
        """`rendered`: SQL text, quoted as the adapter does it."""
        made = super().__new__(cls, rendered)
        made.database, made.schema, made.identifier = database, schema, identifier
        return made

    def beside(self, suffix: str) -> Relation:
        """The relation of the same place whose identifier has this at its end."""
        before, identifier, after = self.rpartition(self.identifier)
        return Relation(f"{before}{identifier}{suffix}{after}", self.database, self.schema, self.identifier + suffix)


def database_names(warehouse: Warehouse) -> dict[str, Any]:
    """What dbt's context answers from the database, on a session."""

    def load_relation(relation: Any) -> Any:
        return relation if warehouse.exists(str(relation)) else None

    return {
        "run_query": lambda sql: _Table(warehouse, sql),
        "load_relation": load_relation,
        "get_columns_in_query": lambda sql: list(warehouse.columns(sql)),
        "column_types_of_query": warehouse.columns,
        # As dbt's adapters say it: a relation that is not there has none.
        "column_types": lambda relation: warehouse.types(relation) if warehouse.exists(relation) else {},
    }


class _Table:
    """What `run_query` returns. A statement runs at once, and is asked for rows only where a macro reads them."""

    def __init__(self, warehouse: Warehouse, sql: str) -> None:
        first = sql.split(None, 1)[0].lower() if sql.strip() else ""
        if first in ("select", "with", "show", "describe"):
            self.rows = warehouse.rows(sql)
        else:
            self.rows = []
            warehouse.execute(sql)


class _ReturnedError(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


def _return(value: Any = None) -> Any:
    raise _ReturnedError(value)


class _Package:
    """`dbt_llm.<macro>` as macros call it."""

    def __init__(self, macros: Macros) -> None:
        self._macros = macros

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            return self._macros.macro(name)
        except LookupError as error:
            raise AttributeError(str(error)) from None


class _Adapter:
    def __init__(self, macros: Macros) -> None:
        self._macros = macros

    def dispatch(self, name: str, package: str = "dbt_llm") -> Callable[..., Any]:
        if package != "dbt_llm":
            raise LookupError(f"{package}.{name} is not a macro of dbt_llm.")
        return self._macros.dispatched(name)

    def type(self) -> str:
        return self._macros.adapter

    def get_columns_in_relation(self, relation: Any) -> list[dict[str, str]]:
        return [{"name": name, "data_type": kind} for name, kind in self._macros.types(str(relation)).items()]

    def get_column_schema_from_query(self, sql: str) -> list[dict[str, str]]:
        return [{"name": name, "data_type": kind} for name, kind in self._macros.types_of_query(sql).items()]


class _Exceptions:
    def raise_compiler_error(self, message: str) -> None:
        raise DbtLlmError(message)

    def warn(self, message: str) -> None:
        host.warning_of_dbt(message)


def _to_json(value: Any) -> str:
    # As dbt writes it, so that a macro that looks at the text sees the same one.
    return json.dumps(value)


def _env_var(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise DbtLlmError(f"dbt_llm: the environment variable '{name}' is not set. Expected a value; got nothing. Set it.")
    return value


def _log(message: Any, info: bool = False) -> str:
    if info:
        host.info(str(message))
    return ""


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)


@cache
def _template(text: str) -> jinja2.Template:
    return _environment().from_string(text)


_DEFINITION = re.compile(r"\{%-?\s*(?:macro|test)\s+(\w+)\s*\(")


@cache
def _definitions() -> dict[str, str]:
    """The text of the file that defines each macro."""
    return {name: text for text in _texts(_folder()) for name in _DEFINITION.findall(text)}


def _texts(folder: Traversable) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry)
        elif entry.name.endswith(".sql"):
            yield entry.read_text(encoding="utf-8")


def _folder() -> Traversable:
    """`macros/` as the wheel holds it, also where that is a zip on Python's path; in a checkout, the package's own."""
    installed = resources.files("dbt_llm") / "macros"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "macros"
