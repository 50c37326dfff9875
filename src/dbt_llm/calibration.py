"""What an account answered to the open questions, made fit for a bug report: without what names the account or its people."""

from __future__ import annotations

import getpass
import json
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from . import __version__
from .client import ConfigurationError
from .macros import Macros
from .report.source import Source

__all__ = ["TABLE", "Answer", "answers", "as_json", "as_markdown"]

TABLE = "dbt_llm__calibration"

_SHAPES = [
    (r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}", "<secret>"),
    (r"\b(?:sk-|dapi|AIza|gh[pousr]_|xox[abp]-|AKIA|ASIA|eyJ)[\w.-]{8,}", "<secret>"),
    (r"(?i)((?:api[_-]?key|token|secret|password)\"?\s*[:=]\s*\"?)(?!<)[^\s\",;}]{6,}", r"\1<secret>"),
    (r"[a-z][a-z0-9+.-]*://[^\s\"'<>\\)\]]+", "<url>"),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "<email>"),
    (r"(?:\b(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-fA-F]*:[0-9a-fA-F:]+\]|\blocalhost)(?::\d+)?", "<host>"),
    (r"(?i)\b(?:[\w-]+\.)+(?:com|net|org|io|cloud|dev|app|corp|internal|local|lan|eu|ch|de|uk|us)\b(?::\d+)?", "<host>"),
    (r"(?i)\b(projects|organizations|accounts|tenants|subscriptions|workspaces|users)/[^/\s\"'`]+", r"\1/<name>"),
    (r"(?:[\w`\"-]+\.)+[`\"]?dbt_llm__calibration[`\"]?", "<schema>.dbt_llm__calibration"),
    (r"`[^`]+`", "`<name>`"),
    (r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
    (r"\b\d{10,}\b", "<number>"),
    (r"\b(?=\w*\d)[\w-]{24,}\b", "<id>"),
    (r"(?:/(?:home|Users|root)\b|[A-Z]:\\\\Users)[^\s\"']*", "<path>"),
]
"""What names an account, a person, a machine or a request, by its shape, and what stands for it. In this order."""


@dataclass(frozen=True)
class Answer:
    """What came of one probe. `result`: what came back; `error`: the words in which the database refused the statement."""

    probe: str
    function: str
    question: str
    adapter: str
    model_name: str
    dbt_version: str | None
    database_version: str | None
    result: str | None
    error: str | None


def answers(source: Source, *, with_model_names: bool = False) -> list[Answer]:
    """Read the table without what names an account. The SQL is left out: the probe's name and the version say it.

    A language model's name stays where it is one of the price list, or by wish. Raises `ConfigurationError` where there is no
    such table, or nothing in it.
    """
    rows = source.rows(f"select * from {TABLE} order by adapter, model_name, probe") if TABLE in source.tables else []
    if not rows:
        raise ConfigurationError(
            [
                f"there is nothing in {TABLE}. Expected answers; got none. Run"
                f" `dbt run --select {TABLE} --vars '{{dbt_llm_calibrate: <endpoint>}}'` first (docs/calibration.md)."
            ]
        )
    public = {price["model_name"] for price in Macros("duckdb", {"var": lambda _, default=None: default}).call("prices")}
    own = {
        str(row[name]) for row in rows for name in ("endpoint", *(["model_name"] if not with_model_names else [])) if row[name]
    }
    names = dict.fromkeys(own - public, "<model>") | dict.fromkeys(_of_this_machine(), "<name>")
    hidden = [(re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])"), shown) for name, shown in names.items()]

    def plain(text: str | None) -> str | None:
        for pattern, shown in hidden if text else ():
            text = pattern.sub(shown, text or "")
        for shape, shown in _SHAPES if text else ():
            text = re.sub(shape, shown, text or "")
        return text

    return [
        Answer(
            *(row["probe"], row["function_name"], row["question"], row["adapter"], plain(row["model_name"]) or ""),
            *(row["dbt_version"], row["database_version"], plain(row["result"]), plain(row["error"])),
        )
        for row in rows
    ]


def _of_this_machine() -> set[str]:
    # A short name would be found in words that mean something else.
    names = [socket.gethostname(), str(Path.home())]
    # A container's user may have no name.
    with suppress(KeyError, OSError):
        names.append(getpass.getuser())
    return {name for name in names if len(name) > 3}


def as_json(found: Sequence[Answer]) -> str:
    """The answers as JSON, with the package's version."""
    return (
        json.dumps({"dbt_llm": __version__, "answers": [asdict(answer) for answer in found]}, indent=2, ensure_ascii=False) + "\n"
    )


def as_markdown(found: Sequence[Answer]) -> str:
    """The answers as a page for a bug report."""
    lines = [f"# Calibration, dbt_llm {__version__}", ""]
    for answer in found:
        versions = f"{answer.adapter} {answer.database_version or ''}".strip()
        lines += [f"## {answer.probe}", "", f"{answer.function}, {answer.model_name}, {versions}, dbt {answer.dbt_version}", ""]
        lines += [
            answer.question,
            "",
            *_fenced("error" if answer.result is None else "result", answer.result or answer.error or ""),
            "",
        ]
    return "\n".join(lines)


def _fenced(kind: str, text: str) -> list[str]:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return [f"{fence}{kind}", text, fence]
