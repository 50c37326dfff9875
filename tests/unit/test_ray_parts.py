"""How the work is cut into parts for Ray's actors, and asked again where an actor died. No Ray, and no cluster."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt_llm.client import Counts, Request
from dbt_llm.ray.job import Job, rows_of_a_part
from dbt_llm.ray.parts import Part, read_part, write_parts
from dbt_llm.ray.rounds import Round
from dbt_llm.ray.vllm_pipeline import asked, completed, processor_options, staged
from dbt_llm.ray.worker import Asking, Report, batch_of, described, reports_of
from dbt_llm.responses import Labels
from dbt_llm.workers.files import files_at
from dbt_llm.workers.models import Completion, Loaded
from dbt_llm.workers.options import RayOptions
from dbt_llm.workers.stage import Stage
from dbt_llm.workers.work import Orders, Row

SCHEMA = {"type": "object", "properties": {"is_odd": {"type": ["boolean", "null"]}}, "required": ["is_odd"]}


def orders(folder: Path, **changes: Any) -> tuple[Orders, RayOptions]:
    entry = {"kind": "callable", "callable": "no:Model", "model_name": "m", "stage": "x", "batch_rows": 20, **changes}
    options, endpoint = RayOptions.split_entry("own", {key: value for key, value in entry.items() if value is not None})
    labels = Labels("pii", "m", None, "run", "ray")
    made = Orders(stage=str(folder / "stage"), options=options, endpoint=endpoint, labels=labels, response_format=SCHEMA)
    return made, options


def requests(*prompts: str) -> list[Request]:
    return [Request(prompt.encode().hex().zfill(64), prompt, 1, 1) for prompt in prompts]


def staged_in(folder: Path) -> dict[str, tuple[str | None, str | None]]:
    """The completion and error class of each prompt; an error where one is there twice."""
    stage = Stage(str(folder / "stage"))
    found: dict[str, tuple[str | None, str | None]] = {}
    for name in stage.names():
        _, answers = stage.read(name) or (None, [])
        for request, response in answers:
            prompt = bytes.fromhex(request.key).decode().lstrip("\0")
            assert prompt not in found
            found[prompt] = (response.completion, response.error_class)
    return found


def test_a_part_is_read_as_it_was_written(tmp_path: Path) -> None:
    files = files_at(str(tmp_path))
    batches = [(0, requests("a", "é \ud83d".encode("utf-8", "replace").decode())), (0, requests("c")), (7, requests("d"))]
    parts = write_parts(files, "work", batches)
    assert [(part.number, part.rows) for part in parts] == [(0, 2), (1, 1), (2, 1)]
    read = [read_part(files, part.file, part.group) for part in parts]
    assert read == [[(number, request) for request in of_part] for number, of_part in batches]


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({"batch_rows": 64}, 64),
        # So many that a model which raises at all of them is found out.
        ({"batch_rows": 8}, 24),
        # Eight of them are under way in an engine.
        ({"kind": "vllm", "callable": None, "batch_rows": 256}, 32),
        ({"kind": "vllm", "callable": None, "batch_rows": 1}, 1),
        ({"kind": None, "callable": None, "base_url": "http://localhost:1", "replicas": 2}, 62),
    ],
)
def test_the_requests_of_a_part(changes: dict[str, Any], rows: int, tmp_path: Path) -> None:
    assert rows_of_a_part(orders(tmp_path, **changes)[1], 1_000) == rows


@pytest.mark.parametrize(("part_rows", "sizes"), [(64, [64, 16, 1]), (16, [16, 1]), (1, [1, 1])])
def test_who_is_blamed_was_asked_alone(part_rows: int, sizes: list[int], tmp_path: Path) -> None:
    """Also of parts of one request, several of which an engine has under way at first."""
    assert Job(*orders(tmp_path))._sizes(part_rows) == sizes


class Died(BaseException):
    """The end of an actor's process."""


class InProcess(Job):
    """A job whose actors are this process."""

    def _ask(self, parts: Sequence[Part], how: Round, tick: Callable[[], None], every_s: float, counts: Counts) -> set[int]:
        done = set()
        for part in parts:
            batch = {name: pa.array([value]).to_numpy(zero_copy_only=False) for name, value in described(part).items()}
            try:
                [report] = reports_of(Asking(self._orders, None if how.is_first else how.part_rows)(batch))
            except Died:
                continue
            assert report.part == part.number
            counts.sent += report.sent
            done.add(report.part)
        return done


def run(
    folder: Path, prompts: Sequence[str], dies: Callable[[Sequence[str]], bool], monkeypatch: pytest.MonkeyPatch, **changes: Any
) -> Counter[str]:
    """Answer them; return how often the model saw each."""
    seen: Counter[str] = Counter()

    class Mortal:
        def answer(self, batch: Sequence[str]) -> Sequence[str | Completion]:
            seen.update(batch)
            if dies(batch):
                raise Died
            return [f"A {prompt}" for prompt in batch]

    model = Loaded(Mortal())  # type: ignore[arg-type]
    monkeypatch.setattr("dbt_llm.workers.work.loaded", lambda _: model)
    made, options = orders(folder, **changes)
    part_rows = rows_of_a_part(options, len(prompts))
    rows: list[Row] = [(n // (2 * part_rows), request) for n, request in enumerate(requests(*prompts))]
    InProcess(made, options).run("work", rows, part_rows, lambda: None, 1.0, Counts())
    return seen


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 120), deaths=st.sets(st.integers(0, 12), max_size=4), poison=st.sets(st.integers(0, 119), max_size=3))
def test_a_death_costs_its_batch_and_a_poison_prompt_fails_alone(
    size: int, deaths: set[int], poison: set[int], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    prompts = [f"p{number}" for number in range(size)]
    bad = {f"p{number}" for number in poison}
    batches = iter(range(1_000_000))

    def dies(batch: Sequence[str]) -> bool:
        # Those that kill an actor by chance are of the first round only.
        return bool(bad & set(batch)) or (next(batches) in deaths and len(batch) > 16)

    seen = run(folder, prompts, dies, monkeypatch)
    found = staged_in(folder)
    note = Stage(str(folder / "stage")).note()
    if note is not None:
        # Nothing at all was answered, so that the model is to blame.
        assert note.stopped == "fatal" and found == {}
        return
    assert set(found) == set(prompts)
    for prompt in prompts:
        assert found[prompt] == ((None, "provider_error") if prompt in bad else (f"A {prompt}", None))
        # In a batch of the first round, in a few rows, and alone.
        assert seen[prompt] <= 3
    assert sum(seen.values()) <= size + len(deaths) * 20 + len(bad & set(prompts)) * (20 + 16 + 1)


def test_actors_that_die_of_everything_are_at_fault_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, [f"p{number}" for number in range(60)], bool, monkeypatch)
    note = Stage(str(tmp_path / "stage")).note()
    assert note is not None and note.stopped == "fatal" and "died or raised at each of 60 prompts" in note.message
    assert staged_in(tmp_path) == {}


def test_what_an_api_was_asked_by_actors_that_died_stays_pending(tmp_path: Path) -> None:
    class Dying(InProcess):
        def _ask(self, *_: Any) -> set[int]:  # type: ignore[override]
            return set()

    made, options = orders(tmp_path, kind=None, callable=None, batch_rows=None, base_url="http://localhost:1")
    rows = [(0, request) for request in requests("a", "b")]
    Dying(made, options).run("work", rows, 2, lambda: None, 1.0, Counts())
    note = Stage(made.stage).note()
    assert note is not None and note.stopped == "failed" and "2 requests were lost" in note.message
    assert staged_in(tmp_path) == {}


VLLM = {"kind": "vllm", "callable": None, "batch_rows": 64, "model_path": "/weights"}


@pytest.mark.parametrize(
    ("changes", "placed"),
    [
        # As Ray does it: a GPU for each worker of an engine.
        ({}, None),
        ({"gpus_per_replica": 0, "cpus_per_replica": 2}, {"bundle_per_worker": {"CPU": 2}}),
        ({"gpus_per_replica": 4, "arguments": {"tensor_parallel_size": 4}}, {"bundle_per_worker": {"CPU": 1, "GPU": 1.0}}),
    ],
)
def test_the_options_of_a_processor(changes: dict[str, Any], placed: dict[str, Any] | None, tmp_path: Path) -> None:
    made, options = orders(tmp_path, **VLLM, **changes)
    first = processor_options(made, options, Round(8, is_first=True))
    assert first["model_source"] == "/weights" and first["batch_size"] == 8 and first["should_continue_on_error"] is True
    assert first["max_concurrent_batches"] == 8 and first.get("placement_group_config") == placed
    assert processor_options(made, options, Round(1, is_first=False))["max_concurrent_batches"] == 1


def row(part: int, prompt: str, **answer: Any) -> dict[str, Any]:
    [request] = requests(prompt)
    read = {"part": part, "slice": 3, "request_key": request.key, "request_prompt": prompt, "attempt": 1, "superseded": 1}
    answered = {"generated_text": f"A {prompt}", "num_input_tokens": 5, "num_generated_tokens": 2, "time_taken_llm": 0.25}
    assert set(asked({"max_tokens": 4}, read)) == {"messages", "sampling_params"}
    # A processor adds to a row, and its failures do not come through the step after it.
    whole = {**read, **answered, "params": "", **answer}
    return whole if answer.get("__inference_error__") else {**completed(whole), "__inference_error__": ""}


def test_a_row_that_the_engine_fails_at_is_a_failed_response(tmp_path: Path) -> None:
    made, _ = orders(tmp_path, **VLLM)
    failed = row(0, "bad", __inference_error__="ValueError: the prompt 'secret' is too long", num_generated_tokens=0)
    reports = staged(made, False, pa.Table.from_pylist([row(0, "a"), failed, row(1, "b")]))
    assert list(reports_of(reports)) == [Report(0, sent=2), Report(1, sent=1)]
    assert staged_in(tmp_path) == {"a": ("A a", None), "bad": (None, "provider_error"), "b": ("A b", None)}
    stage = Stage(made.stage)
    responses = {r.error_message: r for name in stage.names() for _, r in (stage.read(name) or (None, []))[1]}
    assert set(responses) == {None, "the model raised (ValueError)"}
    assert responses[None].latency_ms == 250 and responses[None].input_tokens == 5


def test_failures_of_an_engine_that_has_answered_nothing_are_not_the_rows(tmp_path: Path) -> None:
    made, _ = orders(tmp_path, **VLLM)
    failed = pa.Table.from_pylist([row(0, "a", __inference_error__="TypeError: no such parameter")])
    assert list(reports_of(staged(made, False, failed))) == [] and staged_in(tmp_path) == {}
    staged(made, False, pa.Table.from_pylist([row(1, "b")]))
    assert list(reports_of(staged(made, False, failed))) == [Report(0, sent=1)]


@pytest.mark.parametrize(
    ("parameters", "arguments", "generated", "is_cut"),
    [
        ({"max_tokens": 2}, {}, 2, True),
        ({"max_tokens": 3}, {}, 2, False),
        ({}, {"max_model_len": 7}, 2, True),
        ({}, {}, 2, False),
    ],
)
def test_a_completion_that_was_cut(
    parameters: dict[str, Any], arguments: dict[str, Any], generated: int, is_cut: bool, tmp_path: Path
) -> None:
    made, _ = orders(tmp_path, **VLLM, arguments=arguments)
    object.__setattr__(made, "model_parameters", parameters)
    staged(made, False, pa.Table.from_pylist([row(0, "a", num_generated_tokens=generated)]))
    assert staged_in(tmp_path) == {"a": ("A a", "truncated" if is_cut else None)}


def test_reports_of_nothing_are_a_batch_too() -> None:
    assert list(reports_of(batch_of([]))) == []
