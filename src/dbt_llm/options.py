"""The options of the embedded engine's functions: one JSON text each, made by a macro."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from .client import BudgetTerms, ConfigurationError, Endpoint, Limits, Plan

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["CompleteOptions", "DrainOptions", "ProbeOptions"]


@dataclass(frozen=True, kw_only=True)
class CompleteOptions:
    """What `dbt_llm_complete` is told. `allow_outside_dbt`: spend in a program that is not dbt.

    `prompt_prefix`: the text that all prompts begin with, as far as known. `dimensions`: of the vectors, if such are asked for.
    """

    endpoint_name: str
    endpoint: Mapping[str, Any]
    task: str = "complete"
    model_parameters: Mapping[str, Any] | None = None
    response_format: Mapping[str, Any] | None = None
    prompt_prefix: str = ""
    invocation_id: str | None = None
    dimensions: int | None = None
    retries: int = 5
    allow_outside_dbt: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the JSON text; a null counts as absent.

        Raises `ConfigurationError` with every name that is wrong or missing.
        """
        try:
            given = json.loads(text)
        except ValueError as error:
            raise ConfigurationError([f"the options are not JSON ({error})."]) from None
        if not isinstance(given, dict):
            raise ConfigurationError(["the options are wrong. Expected a JSON object."])
        given = {name: value for name, value in given.items() if value is not None}
        known = {field.name: field for field in fields(cls)}
        faults = [
            f"the options have '{name}'. Expected one of {', '.join(sorted(known))}." for name in given if name not in known
        ]
        faults += [
            f"the options lack '{field.name}'."
            for field in known.values()
            if field.default is MISSING and field.name not in given
        ]
        faults += [
            f"the options have a wrong '{field.name}'. Expected {expected}."
            for field in known.values()
            for expected, kinds in [_EXPECTED[str(field.type).removesuffix(" | None")]]
            if field.name in given and type(given[field.name]) not in kinds
        ]
        if faults:
            raise ConfigurationError(faults)
        return cls(**given)

    def plan(self) -> Plan:
        """What to run. Raises `ConfigurationError` where the options cannot work."""
        endpoint = Endpoint.from_options(self.endpoint_name, self.endpoint)
        if self.retries < 0:
            fault = f"retries is wrong. Expected a whole number from 0 on; got '{self.retries}'."
            raise ConfigurationError([fault])
        return Plan(
            endpoint=endpoint,
            model_parameters=self.model_parameters or {},
            response_format=self.response_format,
            limits=self._limits(endpoint),
            retries=self.retries,
            invocation_id=self.invocation_id,
            prompt_prefix=self.prompt_prefix,
            dimensions=self.dimensions,
        )

    def _limits(self, endpoint: Endpoint) -> Limits:
        return Limits.from_options({}, endpoint)


@dataclass(frozen=True, kw_only=True)
class DrainOptions(CompleteOptions):
    """What `dbt_llm_drain` is told. Relations are SQL text, quoted as need be. `engine`: as the responses name it.

    `embeddings_relation`: where vectors go, in the commit of their responses; with `dimensions` only.
    """

    work_relation: str
    responses_relation: str
    embeddings_relation: str | None = None
    prompt_version: str | None = None
    limits: Mapping[str, Any] | None = None
    budgets: Mapping[str, Any] | None = None
    store_prompts: bool = False
    engine: str = "embedded"

    def _limits(self, endpoint: Endpoint) -> Limits:
        return Limits.from_options(self.limits or {}, endpoint)

    def plan(self) -> Plan:
        if (self.dimensions is None) != (self.embeddings_relation is None):
            raise ConfigurationError(["the options have one of dimensions and embeddings_relation. Expected both, or neither."])
        plan = super().plan()
        return replace(plan, budgets=BudgetTerms.from_options(self.budgets or {}, self.responses_relation, plan.endpoint))


@dataclass(frozen=True, kw_only=True)
class ProbeOptions(CompleteOptions):
    """What `dbt_llm_probe` is told. `asks_for_refusal`: that the endpoint answers no such request is what is to be seen."""

    asks_for_refusal: bool = False


_EXPECTED: dict[str, tuple[str, tuple[type, ...]]] = {
    "str": ("a text", (str,)),
    "int": ("a whole number", (int,)),
    "bool": ("true or false", (bool,)),
    "Mapping[str, Any]": ("an object", (dict,)),
}
