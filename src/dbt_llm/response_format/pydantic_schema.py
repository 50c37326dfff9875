"""The JSON schema of a Pydantic class, with a mark wherever JSON Schema would say less than the class does."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pydantic
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, JsonSchemaWarningKind
from pydantic_core import core_schema

from .plain import mark

_FIELD = "its bounds as keywords of Field, such as ge, le, min_length, pattern"
_CONFIG = {
    "str_min_length": "Field(min_length=…) on the field",
    "str_max_length": "Field(max_length=…) on the field",
    "str_strip_whitespace": "a text as it comes; change it in a later dbt model",
    "str_to_lower": "a text as it comes; change it in a later dbt model",
    "str_to_upper": "a text as it comes; change it in a later dbt model",
}
"""What a class may say of all its texts, and Pydantic's JSON schema keeps quiet about."""


def json_schema(model: type[pydantic.BaseModel]) -> dict[str, Any]:
    """The schema of the documents that the class accepts, with `$ref` and `$defs` as Pydantic has them."""
    return model.model_json_schema(by_alias=True, mode="validation", schema_generator=_MarkedSchema)


class _MarkedSchema(GenerateJsonSchema):
    """Pydantic's own schema, without the titles that it makes up, and with marks."""

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        self._untitled: set[str] = set()
        found = super().generate(schema, mode)
        # At the end, as Pydantic's versions differ in when they make a title of a class's name.
        for name, definition in [("", found), *found.get("$defs", {}).items()]:
            title = definition.get("title")
            is_enum = "enum" in definition or "const" in definition
            if title in self._untitled or (title and is_enum and name.endswith(title)):
                definition.pop("title")
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - Pydantic's signature
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        cls = schema["cls"]
        self._note_title(cls, cls.model_config)
        found = super().model_schema(schema)
        for name, expected in _CONFIG.items():
            if cls.model_config.get(name) not in (None, False, 0):
                found = mark(found, f"{name} in model_config", expected)
        if cls.model_config.get("validate_by_alias") is False and any(
            field.validation_alias not in (None, name) for name, field in cls.model_fields.items()
        ):
            found = mark(found, "aliases with validate_by_alias=False", "an alias that documents may use, or none")
        return found

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        self._note_title(schema["cls"], getattr(schema["cls"], "__pydantic_config__", None))
        return super().dataclass_schema(schema)

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        cls = schema.get("cls")
        if cls is not None:
            self._note_title(cls, getattr(cls, "__pydantic_config__", None))
        return super().typed_dict_schema(schema)

    def _note_title(self, cls: type[Any], config: Any) -> None:
        if not (config or {}).get("title"):
            self._untitled.add(cls.__name__)

    def model_field_schema(self, schema: core_schema.ModelField) -> JsonSchemaValue:
        return _with_one_name(super().model_field_schema(schema), schema.get("validation_alias"))

    def dataclass_field_schema(self, schema: core_schema.DataclassField) -> JsonSchemaValue:
        return _with_one_name(super().dataclass_field_schema(schema), schema.get("validation_alias"))

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        found = super().str_schema(schema)
        for name in ("strip_whitespace", "to_lower", "to_upper"):
            if schema.get(name):
                found = mark(found, name, "a text as it comes; change it in a later dbt model")
        pattern: Any = schema.get("pattern")
        if isinstance(pattern, re.Pattern) and pattern.flags & ~re.UNICODE:
            found = mark(found, "a pattern with flags", "a pattern that needs none, such as '[Aa]'")
        return found

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        return _marked_time(super().date_schema(schema), schema)

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        found = _marked_time(super().datetime_schema(schema), schema)
        if schema.get("tz_constraint") not in (None, "aware"):
            return mark(found, "a datetime without offset, or with one offset", "datetime or AwareDatetime")
        return found

    def decimal_schema(self, _: core_schema.DecimalSchema) -> JsonSchemaValue:
        return mark({"type": "number"}, "Decimal", "float, or a str with a pattern where every digit counts")

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        return _marked_validator(super().function_before_schema(schema), schema)

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        return _marked_validator(super().function_after_schema(schema), schema)

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> JsonSchemaValue:
        return _marked_validator(super().function_wrap_schema(schema), schema)

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> JsonSchemaValue:
        return _marked_validator(super().function_plain_schema(schema), schema)

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:  # noqa: ARG002 - as above
        # Pydantic would stop at the first; the others are wanted too.
        return mark({"type": "string"}, f"a type that JSON has no form for ({schema['type']})", "a type of JSON")

    def emit_warning(self, kind: JsonSchemaWarningKind, detail: str) -> None:
        """A default that JSON cannot hold is left out, as one by a factory is: the field is not required, and that is all."""


def _with_one_name(found: JsonSchemaValue, alias: Any) -> JsonSchemaValue:
    if alias is None or isinstance(alias, str):
        return found
    return mark(found, "AliasChoices or AliasPath", "one alias, which is the column's name")


def _marked_time(found: JsonSchemaValue, schema: Any) -> JsonSchemaValue:
    bounds = [name for name in ("le", "ge", "lt", "gt", "now_op") if schema.get(name) is not None]
    if bounds:
        return mark(found, "a bound of a date or time", "no bound here; test the column with dbt")
    return found


def _marked_validator(found: JsonSchemaValue, schema: Any) -> JsonSchemaValue:
    function = schema["function"]["function"]
    while isinstance(function, partial):
        function = function.func
    # Pydantic builds some of its own types with validators; what those check, its schema says.
    if (getattr(function, "__module__", None) or "").partition(".")[0] in ("pydantic", "ipaddress"):
        return found
    name = getattr(function, "__name__", repr(function))
    return mark(found, f"a validator in Python ({name})", _FIELD + ", or a dbt test of the column")
