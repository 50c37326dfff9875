"""The dbt project of the money rules with Python models in it."""

from __future__ import annotations

from typing import Any

import yaml

from tests.support.project import PII, Project

CODE = """\
import dbt_llm


def model(dbt, session):
    dbt.config(materialized="{materialized}", unique_key="message_id")
    messages = dbt.source("raw", "messages")
    responses = dbt.ref("dbt_llm__responses")
    meta = dbt.config.get("meta")
    return dbt_llm.enrich(dbt, session, messages, responses, meta)
"""
HOOKS = {"pre_hook": "{{ dbt_llm.prepare() }}", "post_hook": "{{ dbt_llm.record() }}"}


def python_task(
    project: Project,
    name: str,
    llm: dict[str, Any] | None = None,
    *,
    code: str = CODE,
    materialized: str = "incremental",
    engine: str = "async",
    **config: Any,
) -> None:
    """Write a Python task and its YAML, with its hooks unless `config` says otherwise."""
    (project.models / f"{name}.sql").unlink(missing_ok=True)
    (project.models / f"{name}.py").write_text(code.replace("{materialized}", materialized))
    meta = {"llm": {**(PII if llm is None else llm), "engine": engine}}
    declared = {"models": [{"name": name, "config": {**HOOKS, "meta": meta, **config}}]}
    (project.models / f"{name}.yml").write_text(yaml.safe_dump(declared, sort_keys=False, allow_unicode=True))
