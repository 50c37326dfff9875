"""BigQuery as ZetaSQL knows it: tables, remote models and the AI functions, and the analysis of one statement.

ZetaSQL is the analyser of BigQuery's own dialect. Its features are all on, so it takes some things that BigQuery does not.
"""

from collections.abc import Mapping
from functools import cache

from zetasql.api import Analyzer, CatalogBuilder, TableBuilder
from zetasql.types import (
    AnalyzerOptions,
    LanguageOptions,
    ProductMode,
    SimpleCatalog,
    SimpleModel,
    TableValuedFunction,
    Type,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)

from tests.signatures.calls import Call, calls
from tests.signatures.catalogue import Form, forms
from tests.zetasql.compiled import keep_compiled_modules
from tests.zetasql.functions import function, table_function

Columns = Mapping[str, Type]


def _language() -> LanguageOptions:
    keep_compiled_modules()
    language = LanguageOptions.maximum_features()
    # The types are named as BigQuery names them, and QUALIFY is reserved as it is there.
    language.product_mode = ProductMode.PRODUCT_EXTERNAL
    language.reserved_keywords = ["QUALIFY"]
    return language


LANGUAGE = _language()
OPTIONS = AnalyzerOptions(language_options=LANGUAGE)
ALIASES = {"bigint": TypeKind.TYPE_INT64}
"""Names that BigQuery adds to ZetaSQL's types; dbt's type_bigint() is one."""


def _catalog() -> SimpleCatalog:
    builtin = ZetaSQLBuiltinFunctionOptions(language_options=LANGUAGE)
    catalog = CatalogBuilder("bigquery").with_builtin_functions(builtin).build()
    catalog.named_type = [SimpleCatalog.NamedType(name=name, type=Type(type_kind=kind)) for name, kind in ALIASES.items()]
    return catalog


def _outputs(catalog: SimpleCatalog, sql: str) -> dict[str, Type]:
    statement = Analyzer(OPTIONS, catalog).analyze_statement(sql)
    return {column.name: column.column.type for column in statement.output_column_list}


@cache
def type_of(word: str) -> Type:
    """The type that BigQuery writes so."""
    return _outputs(_catalog(), f"select cast(null as {word}) as value")["value"]


def spelled(type_: Type) -> str:
    """A type as BigQuery writes it."""
    if type_.type_kind == TypeKind.TYPE_ARRAY:
        return f"ARRAY<{spelled(type_.array_type.element_type)}>"
    if type_.type_kind == TypeKind.TYPE_STRUCT:
        fields = [f"{field.field_name} {spelled(field.field_type)}" for field in type_.struct_type.field]
        return f"STRUCT<{', '.join(fields)}>"
    name = TypeKind(type_.type_kind).name.removeprefix("TYPE_")
    return {"DOUBLE": "FLOAT64"}.get(name, name)


class BigQuery:
    """A project with what statements may read."""

    def __init__(self, models: list[str]) -> None:
        self.models = models
        self.tables: dict[tuple[str, ...], Columns] = {}

    def add_table(self, path: str, columns: Columns) -> None:
        self.tables[tuple(path.split("."))] = columns

    def outputs(self, sql: str) -> dict[str, Type]:
        """The columns that a query gives, or zetasql's error for what is wrong with it."""
        made: dict[str, TableValuedFunction] = {}
        named = sql
        for call, form in reversed(self._table_calls(sql)):
            name = f"{form.name}_{len(made)}" if form.name in made else form.name
            made[name] = table_function(form, name, self._input(form, call, sql), type_of)
            named = named[: call.start] + name + named[call.start + len(call.function) :]
        return _outputs(self._catalog(made), named)

    def _table_calls(self, sql: str) -> list[tuple[Call, Form]]:
        """The calls of table functions. A signature holds for one input only, so each call gets a function of its own."""
        return [
            (call, form)
            for call in calls(sql, "bigquery")
            for form in forms("bigquery").get(call.function.lower(), [])
            if form.shape == "table"
        ]

    def _input(self, form: Form, call: Call, sql: str) -> Columns:
        """The columns of the table or query that a table function is given; a call without one is left to ZetaSQL."""
        for parameter, argument in zip(form.parameters, call.arguments, strict=False):
            if parameter.types == ("TABLE",) and argument.value.kind == "TABLE":
                text = sql[argument.start : argument.end]
                relation = text if text.startswith("(") else text.removeprefix("table ")
                for name, word in parameter.columns.items():
                    self.outputs(f"select cast({name} as {word}) as {name} from {relation}")
                return self.outputs(f"select * from {relation}")
        return {}

    def _catalog(self, table_functions: Mapping[str, TableValuedFunction]) -> SimpleCatalog:
        catalog = _catalog()
        catalog.model = [SimpleModel(id=place, name=name) for place, name in enumerate(self.models, start=1)]
        catalog.catalog = [
            SimpleCatalog(
                name=prefix,
                custom_function=[
                    function(form, type_of)
                    for name, [form] in forms("bigquery").items()
                    if form.shape != "table" and name.startswith(f"{prefix}.")
                ],
                custom_tvf=[made for name, made in table_functions.items() if name.lower().startswith(f"{prefix}.")],
            )
            for prefix in ("ai", "ml")
        ]
        for path, columns in self.tables.items():
            self._put(catalog, path, columns)
        return catalog

    def _put(self, catalog: SimpleCatalog, path: tuple[str, ...], columns: Columns) -> None:
        for name in path[:-1]:
            inner = next((inner for inner in catalog.catalog if inner.name == name), None)
            if inner is None:
                inner = SimpleCatalog(name=name)
                catalog.catalog.append(inner)
            catalog = inner
        table = TableBuilder(path[-1])
        for name, type_ in columns.items():
            table.add_column(name, type_)
        catalog.table.append(table.build())
