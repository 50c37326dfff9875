"""What a task of a cluster does: batches, errors as data, and never a request again that is staged."""

import itertools
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_llm.client import ConfigurationError, Counts, Endpoint, Request
from dbt_llm.responses import Labels
from dbt_llm.testing import Faults, Server, from_schema
from dbt_llm.workers import models
from dbt_llm.workers.batches import BatchedModel, batched
from dbt_llm.workers.models import Completion, Loaded, ModelError, Settings
from dbt_llm.workers.options import WorkerOptions
from dbt_llm.workers.stage import Note, Stage
from dbt_llm.workers.work import Orders, Row, shared_out, work

SCHEMA = {"type": "object", "properties": {"is_odd": {"type": "boolean"}}, "required": ["is_odd"]}
LABELS = Labels("pii", "m", None, "run", "spark")


class OutOfMemoryError(RuntimeError):
    """As torch names it."""


class Model:
    """Answers with the prompt; raises at a batch with more than `most`, or one of the prompts in `poison`."""

    asked: list[list[str]]
    most = 1_000
    poison: dict[str, BaseException]
    loads = 0

    def __init__(self) -> None:
        type(self).asked = []
        type(self).poison = {}

    def load(self, settings: Settings) -> None:
        type(self).loads += 1

    def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
        self.asked.append(list(prompts))
        for prompt in prompts:
            if prompt in self.poison:
                raise self.poison[prompt]
        if len(prompts) > self.most:
            raise OutOfMemoryError("CUDA out of memory")
        return [f"A {prompt}" for prompt in prompts]


@pytest.fixture(autouse=True)
def _nothing_is_loaded() -> Iterator[None]:
    models._loaded.clear()
    yield
    models._loaded.clear()


def requests(*prompts: str) -> list[Request]:
    return [Request(prompt.encode().hex().zfill(64), prompt) for prompt in prompts]


def rows(*slices: Sequence[str]) -> list[Row]:
    return [(number, request) for number, prompts in enumerate(slices) for request in requests(*prompts)]


def orders(folder: Path, dimensions: int | None = None, **changes: Any) -> Orders:
    entry = {"kind": "callable", "callable": "tests.unit.test_workers:Model", "model_name": "m", "stage": "x", "batch_rows": 2}
    options, endpoint = WorkerOptions.split_entry("own", {**entry, **changes})
    schema = SCHEMA if dimensions is None else None
    return Orders(
        stage=str(folder / "stage"),
        options=options,
        endpoint=endpoint,
        labels=LABELS,
        response_format=schema,
        dimensions=dimensions,
    )


def staged(folder: Path) -> dict[str, tuple[str | None, str | None]]:
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


@given(
    sizes=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60)), max_size=30),
    most_rows=st.integers(1, 5),
    most_tokens=st.integers(1, 20),
)
def test_batches_are_of_one_slice_and_within_both_measures(
    sizes: list[tuple[int, int]], most_rows: int, most_tokens: int
) -> None:
    given_rows = [(number, Request(str(n), "x" * size)) for n, (number, size) in enumerate(sorted(sizes))]
    made = list(batched(given_rows, most_rows, most_tokens))
    assert [(number, request) for number, batch in made for request in batch] == given_rows
    for _, batch in made:
        assert 1 <= len(batch) <= most_rows
        assert len(batch) == 1 or sum(len(request.prompt) for request in batch) <= 4 * most_tokens


def test_a_batch_out_of_memory_is_halved_until_it_fits() -> None:
    model = Model()
    model.most = 3
    answers = BatchedModel(Loaded(model), Endpoint("own", "m", "")).answer(requests(*"abcdefgh"))
    assert [response.completion for _, response in answers] == [f"A {letter}" for letter in "abcdefgh"]
    assert [len(batch) for batch in model.asked] == [8, 4, 2, 2, 4, 2, 2]


@pytest.mark.parametrize(
    ("error", "error_class"),
    [
        (OutOfMemoryError("no memory"), "out_of_memory"),
        (MemoryError(), "out_of_memory"),
        (RuntimeError("CUDA out of memory"), "out_of_memory"),
        (ValueError("the prompt is too long: secret"), "provider_error"),
    ],
)
def test_a_row_that_raises_alone_fails_alone(error: BaseException, error_class: str) -> None:
    model = Model()
    model.poison["c"] = error
    answers = BatchedModel(Loaded(model), Endpoint("own", "m", "")).answer(requests(*"abcd"))
    assert [response.error_class for _, response in answers] == [None, None, error_class, None]
    failed = answers[2][1]
    assert failed.completion is None and type(error).__name__ in str(failed.error_message) and "secret" not in str(failed)


def test_a_model_that_raises_at_everything_is_at_fault_itself_and_nothing_is_staged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small its batches are: no row has used up an attempt."""

    class Broken(Model):
        def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
            raise ValueError("broken")

    key = orders(tmp_path)
    monkeypatch.setattr("dbt_llm.workers.work.loaded", lambda _: Loaded(Broken()))
    work(key, rows([f"p{number}" for number in range(30)]))
    note = Stage(key.stage).note()
    assert note is not None and note.stopped == "fatal" and "raises at every prompt, 20 in a row (ValueError)" in note.message
    assert staged(tmp_path) == {}


def test_a_model_that_has_answered_in_another_task_is_not_at_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has many tasks, and one may have nothing but rows at fault."""

    class Choosy(Model):
        def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
            if any(prompt.startswith("bad") for prompt in prompts):
                raise ValueError("bad")
            return list(prompts)

    key, model = orders(tmp_path), Loaded(Choosy())
    monkeypatch.setattr("dbt_llm.workers.work.loaded", lambda _: model)
    work(key, rows(["good"]))
    work(key, [(1, request) for request in requests(*[f"bad{number}" for number in range(30)])])
    assert Stage(key.stage).note() is None
    assert len(staged(tmp_path)) == 31


def test_a_wrong_number_of_completions_is_the_models_fault() -> None:
    class Short(Model):
        def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
            return ["one"]

    with pytest.raises(ModelError, match="returned 1 completions for 2 prompts"):
        BatchedModel(Loaded(Short()), Endpoint("own", "m", "")).answer(requests("a", "b"))


def test_what_a_completion_says() -> None:
    class Telling(Model):
        def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
            return [
                Completion("cut", finish_reason="length", input_tokens=4, output_tokens=2),
                Completion(error="no answer to this"),
                Completion("half \ud83d", input_tokens=1, output_tokens=1),
            ]

    endpoint = Endpoint("own", "m", "", input_usd_per_million_tokens=1e6, output_usd_per_million_tokens=2e6)
    [cut, failed, torn] = [response for _, response in BatchedModel(Loaded(Telling()), endpoint).answer(requests("a", "b", "c"))]
    assert (cut.completion, cut.error_class, cut.cost_usd) == ("cut", "truncated", 8.0)
    assert (failed.completion, failed.error_class, failed.error_message) == (None, "provider_error", "no answer to this")
    assert torn.completion == "half �" and torn.cost_usd == 3.0


def test_a_slice_that_is_tried_again_asks_for_the_rest_only(tmp_path: Path) -> None:
    Model.loads = 0
    work(orders(tmp_path), rows("abc", "de"))
    assert Model.asked == [["a", "b"], ["c"], ["d", "e"]]
    work(orders(tmp_path), rows("abcx", "de"))
    assert Model.asked[3:] == [["x"]]
    assert staged(tmp_path) == {letter: (f"A {letter}", None) for letter in "abcdex"}
    assert Model.loads == 1


def test_a_model_is_not_loaded_for_nothing(tmp_path: Path) -> None:
    Model.loads = 0
    work(orders(tmp_path), rows("a"))
    models._loaded.clear()
    work(orders(tmp_path), rows("a"))
    assert Model.loads == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"callable": "no_such_module:Model"}, "have no 'no_such_module', which the model 'm' needs (kind callable). Install it"),
        ({"callable": "tests.unit.test_workers:NoModel"}, "cannot be loaded from 'tests.unit.test_workers:NoModel' (Attribute"),
        ({"kind": "vllm", "callable": None}, "have no 'vllm', which the model 'm' needs (kind vllm). Install vllm on every"),
        ({"kind": "transformers", "callable": None}, "Install transformers and torch on every worker"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_a_note_before_anything_is_staged(
    changes: dict[str, Any], words: str, tmp_path: Path
) -> None:
    key = orders(tmp_path, **changes)
    work(key, rows("ab"))
    note = Stage(key.stage).note()
    assert note is not None and note.stopped == "fatal" and words in note.message
    assert staged(tmp_path) == {}


def test_a_note_stops_the_next_task(tmp_path: Path) -> None:
    key = orders(tmp_path)
    Stage(key.stage).end(Note("interrupted", "x"))
    assert work(key, rows("ab")) == Counts() and staged(tmp_path) == {}


@settings(max_examples=40, deadline=None)
@given(
    slices=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    batch_rows=st.integers(1, 4),
    deaths=st.lists(st.integers(1, 6), max_size=6),
)
def test_however_tasks_die_a_death_costs_one_batch(
    slices: list[int], batch_rows: int, deaths: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A task that dies in the middle of a batch, after the model has seen it, and is tried again, maybe with other slices."""
    folder = tmp_path_factory.mktemp("deaths")
    names = itertools.count()
    work_rows = rows(*[[f"p{next(names)}" for _ in range(size)] for size in slices])
    key = orders(folder, batch_rows=batch_rows)
    seen: list[str] = []
    left = list(deaths)

    class Mortal(Model):
        def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
            seen.extend(prompts)
            if left:
                left[0] -= 1
                if left[0] == 0:
                    del left[0]
                    raise KeyboardInterrupt
            return super().answer(prompts)

    model = Mortal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dbt_llm.workers.work.loaded", lambda _: Loaded(model))
        died = 0
        while True:
            try:
                work(key, work_rows if died % 2 == 0 else work_rows[slices[0] :] + work_rows[: slices[0]])
            except KeyboardInterrupt:
                died += 1
                continue
            break
    assert set(staged(folder)) == {request.prompt for _, request in work_rows}
    assert len(seen) <= len(work_rows) + died * batch_rows


def test_an_api_is_called_from_a_task_and_its_answers_are_staged_by_their_slices(tmp_path: Path) -> None:
    with Server(from_schema, Faults(throttle=0.2, error=0.1)) as server:
        key = orders(tmp_path, kind="api", callable=None, base_url=server.base_url)
        counts = work(key, rows([f"a{n}" for n in range(30)], [f"b{n}" for n in range(10)]))
        assert server.counters.answered == 40 and counts.settled == 40 and counts.calls == server.counters.calls
        assert len(Stage(key.stage).keys(0)) == 30 and len(Stage(key.stage).keys(1)) == 10
        work(key, rows([f"a{n}" for n in range(31)]))
        assert server.counters.answered == 41
    assert set(staged(tmp_path)) == {f"a{n}" for n in range(31)} | {f"b{n}" for n in range(10)}


def test_an_api_that_refuses_everything_is_a_note(tmp_path: Path) -> None:
    key = orders(tmp_path, kind="api", callable=None, base_url="http://127.0.0.1:9/v1", api_key_env="DBT_LLM_NO_SUCH_KEY")
    work(key, rows("ab"))
    note = Stage(key.stage).note()
    assert note is not None and note.stopped == "fatal" and "DBT_LLM_NO_SUCH_KEY" in note.message


def test_rates_are_shared_out_so_that_their_sum_holds() -> None:
    endpoint = Endpoint("own", "m", "", max_in_flight=10, requests_per_minute=600.0, tokens_per_minute=None)
    share = shared_out(endpoint, 4)
    assert (share.max_in_flight, share.requests_per_minute, share.tokens_per_minute) == (2, 150.0, None)


def test_two_attempts_side_by_side_stage_without_hurting_each_other(tmp_path: Path) -> None:
    """Speculation: both pay, and the driver takes one answer of each."""
    key = orders(tmp_path)
    threads = [threading.Thread(target=work, args=(key, rows("abcdef"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Stage(key.stage).keys(0) == {request.key for request in requests(*"abcdef")}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"stage": "s", "model_name": "m"}, "wrong kind. Expected one of api, server, callable"),
        ({"kind": "vllm", "model_name": "m"}, "wrong stage. Expected a folder"),
        ({"kind": "callable", "model_name": "m", "stage": "s"}, "Expected the key callable with kind callable"),
        ({"kind": "callable", "callable": "x.y", "model_name": "m", "stage": "s"}, "wrong callable. Expected the import path"),
        ({"kind": "vllm", "stage": "s"}, "wrong model_name"),
        ({"kind": "vllm", "model_name": "m", "stage": "s", "timeout_s": 3}, "has timeout_s. Expected none beside a model in"),
        ({"kind": "vllm", "model_name": "m", "stage": "s", "batch_rows": 0.5}, "wrong batch_rows. Expected a whole number"),
        ({"base_url": "http://localhost/v1", "model_name": "m", "stage": "s", "batchrows": 3}, "wrong batchrows"),
    ],
)
def test_faults_of_an_entry(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        WorkerOptions.split_entry("own", entry)


def test_an_entry_with_an_address_is_an_api() -> None:
    options, endpoint = WorkerOptions.split_entry("own", {"base_url": "http://localhost/v1", "model_name": "m", "stage": "s"})
    assert options.kind == "api" and options.is_over_http and endpoint.base_url == "http://localhost/v1"
