"""Real input: 13,083 customer questions through a task of 77 labels. Skipped where the data is not at hand."""

import csv
from pathlib import Path

import pytest

from dbt_llm.testing import ChatRequest, Faults, Server
from tests.support.project import ROOT, Project

DATA = ROOT.parent / "shared" / "data"


@pytest.mark.skipif(not DATA.is_dir(), reason="the Banking77 data is not beside this checkout: it is not part of the project")
@pytest.mark.long
def test_banking77(tmp_path: Path) -> None:
    rows: list[tuple[str, str]] = []
    for name in ("banking77_train.csv", "banking77_test.csv"):
        with (DATA / name).open(newline="") as file:
            rows += [(row["text"], row["category"]) for row in csv.DictReader(file)]
    assert len(rows) == 13_083
    intents = dict(rows)
    labels = sorted(set(intents.values()))
    assert len(labels) == 77

    def answer(request: ChatRequest) -> str:
        text = request.prompt.removeprefix("Which intent? <question>").removesuffix("</question>")
        return f'{{"intent": "{intents[text]}"}}'

    with Server(answer, Faults(throttle=[0.01], error=[0.01]), record=False) as server:
        project = Project(tmp_path / "project", server.base_url, max_in_flight=128)
        project.messages([(i, text) for i, (text, _) in enumerate(rows)])
        project.task(
            "intent",
            {
                "endpoint": "fast",
                "prompt": "Which intent? <question>{body}</question>",
                "response_format": {"intent": {"type": "string", "enum": labels}},
            },
        )
        project.run("--select", "intent")
        assert project.statuses("intent") == {("succeeded", None): 13_083}
        assert server.counters.answered == len(intents)
        answered = dict(project.query("select message_id, intent from intent"))
        assert [answered[i] for i in range(len(rows))] == [intents[text] for text, _ in rows]
        calls = server.counters.calls
        project.run("--select", "intent")
        assert server.counters.calls == calls
