"""`response_format_of(Model)`: the response format that a Pydantic class stands for."""

from __future__ import annotations

from typing import Any

from ..client import ConfigurationError, MissingDependencyError
from .plain import Fault, Plain, validation_faults

_OLDEST = (2, 9)
"""The first version of Pydantic that names the constraints of all types which are known here."""


def response_format_of(model: Any) -> dict[str, Any]:
    """Return the response format of a class, as it may stand under `meta.llm.response_format`.

    `model`: a subclass of `pydantic.BaseModel` (version 2.9 or later). The result is the short form, a mapping of the properties,
    where that says all; else a full schema of type `object`. It is standard JSON Schema but for the house's rule that
    an object without `required` requires all its properties. Titles that Pydantic makes up from names are left out:
    they would be sent with every request.

    Raises `ConfigurationError` with every construct that the validation of completions does not know, as
    `Model.field: not validated by dbt_llm. Expected …; got …`, and `MissingDependencyError` without Pydantic, or
    with an older one.
    """
    try:
        import pydantic
    except ImportError as error:
        raise MissingDependencyError(
            "dbt_llm.response_format: pydantic is not installed. Run: pip install 'dbt-llm[pydantic]'"
        ) from error
    if tuple(int(part) for part in pydantic.VERSION.split(".")[:2]) < _OLDEST:
        raise MissingDependencyError(
            f"dbt_llm.response_format: pydantic {pydantic.VERSION} is too old; its schemas leave out bounds of dates."
            " Run: pip install 'pydantic>=2.9'"
        )
    if not (isinstance(model, type) and issubclass(model, pydantic.BaseModel)):
        got = model.__name__ if isinstance(model, type) else type(model).__name__
        fault = (
            f"the response format is not a Pydantic class. Expected a subclass of pydantic.BaseModel (version 2); got '{got}'."
            " A mapping belongs into the YAML, under meta.llm.response_format."
        )
        raise ConfigurationError([fault])
    from .pydantic_schema import json_schema

    try:
        found = json_schema(model)
    except pydantic.errors.PydanticUserError as error:
        raise ConfigurationError([f"{model.__name__}: Pydantic cannot describe it ({error.message})."]) from None
    plain = Plain(found, model.__name__, absent_required="none")
    schema = plain.schema()
    faults = plain.faults
    if not faults and schema.get("type") != "object":
        faults = [Fault(model.__name__, got="a root type", expected="an object: fields of a class", fault="not an object")]
    sentences = [fault.sentence() for fault in faults] + validation_faults(schema, model.__name__)
    if sentences:
        raise ConfigurationError(sentences)
    return short_form(schema)


def short_form(schema: dict[str, Any]) -> dict[str, Any]:
    """The mapping of the properties, where the object says nothing else."""
    properties: dict[str, Any] = schema["properties"]
    return properties if set(schema) == {"type", "properties"} else schema
