"""What is inside the workers for real: transformers and vLLM on the CPU, over a tiny Llama of random weights.

What such a model writes means nothing. That it is written, counted, cut off and held to the schema is what is tested.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dbt_llm.spark import complete
from dbt_llm.spark.session import session_of
from dbt_llm.workers.options import SparkOptions
from dbt_llm.workers.stage import Stage
from tests.engines.tiny_model import OFFLINE

ROOT = Path(__file__).parents[2]
psutil = pytest.importorskip("psutil")
pytest.importorskip("torch", reason="There is no CPU build of torch here; `make engines` says where it looked.")
pytest.importorskip("pyspark", reason="Spark is not installed here; `make engines` does it.")

READY_WITHIN_S = 600
SCHEMA = {
    "type": "object",
    "properties": {
        "category": {"type": "string", "enum": ["billing", "bug", "other"]},
        "is_urgent": {"type": "boolean"},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
    },
    "required": ["category", "is_urgent", "score"],
}
PROMPTS = ["I was charged twice", "It crashes", "Ä question — with ünïcode", "x" * 300]
VLLM = {"dtype": "float32", "max_model_len": 1024, "enforce_eager": True, "max_num_seqs": 8}
# Random weights would fill an answer with the spaces that JSON allows.
NO_SPACES = {"backend": "xgrammar", "disable_any_whitespace": True}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("weights") / "tiny-llama"
    # Not in this process, which forks nothing that has threads of torch.
    subprocess.run(
        [sys.executable, "-m", "tests.engines.tiny_model", str(folder)], cwd=ROOT, check=True, env=os.environ | OFFLINE
    )
    return str(folder)


def staged(folder: Path) -> list[Any]:
    """The responses in the folder's stage, one for each prompt."""
    stage = Stage(str(folder / "stage"))
    responses = [response for name in stage.names() for _, response in (stage.read(name) or (None, []))[1]]
    assert len(responses) == len(PROMPTS)
    return responses


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """Have the prompts answered by an entry in a Spark worker; return the staged responses by their prompts' order."""

    def answered(entry: dict[str, Any], **parameters: Any) -> list[Any]:
        conf = {f"spark.executorEnv.{name}": value for name, value in {**OFFLINE, "PYTHONPATH": os.environ["PYTHONPATH"]}.items()}
        endpoint = {"stage": str(tmp_path / "stage"), "batch_rows": 4, "tasks_at_once": 1, **entry}
        options = SparkOptions.split_entry("own", {**endpoint, "master": "local[1]", "conf": conf})[0]
        frame = session_of(options, "own").createDataFrame(list(enumerate(PROMPTS)), "id int, body string")
        rows = complete(frame, "body", endpoint, **parameters).orderBy("id").collect()
        by_text = {response.completion: response for response in staged(tmp_path)}
        return [by_text[row["completion"]] for row in rows]

    return answered


def test_transformers_in_a_worker(weights: str, ask: Any) -> None:
    entry = {"kind": "transformers", "model_name": "tiny", "model_path": weights}
    responses = ask(entry, model_parameters={"temperature": 0, "max_tokens": 8})
    for prompt, response in zip(PROMPTS, responses, strict=True):
        assert response.error_class in (None, "truncated"), response
        assert response.completion
        # Bytes are its tokens, beside those of the chat.
        assert response.input_tokens >= len(prompt.encode()) and 1 <= response.output_tokens <= 8


def test_vllm_in_a_worker_is_held_to_the_schema(weights: str, ask: Any) -> None:
    pytest.importorskip("vllm", reason="There is no vLLM for the CPU here; `make engines` says where it looked.")
    arguments = {**VLLM, "structured_outputs_config": NO_SPACES}
    entry = {"kind": "vllm", "model_name": "tiny", "model_path": weights, "arguments": arguments}
    responses = ask(entry, response_format=SCHEMA, model_parameters={"temperature": 0.8, "seed": 1, "max_tokens": 200})
    for response in responses:
        assert response.error_class is None and response.finish_reason == "stop", response
        check(response.completion)
        assert response.input_tokens > 0 and response.output_tokens > 0


@pytest.fixture
def ask_on_ray(weights: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[str]], list[Any]]]:
    """Have prompts answered by vLLM through Ray Data, held to the schema; the rows with their answers."""
    pytest.importorskip("vllm", reason="There is no vLLM for the CPU here; `make engines` says where it looked.")
    pytest.importorskip("ray", reason="Ray is not installed here; `make engines` does it.")
    import ray
    import ray.data

    from dbt_llm.ray import complete as complete_on_ray

    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)
    entry = {
        "kind": "vllm",
        "model_name": "tiny",
        "model_path": weights,
        "stage": str(tmp_path / "stage"),
        "arguments": {**VLLM, "structured_outputs_config": NO_SPACES},
        "batch_rows": 8,
        "gpus_per_replica": 0,
    }

    def answered(prompts: list[str]) -> list[Any]:
        dataset = ray.data.from_items([{"body": prompt} for prompt in prompts])
        parameters = {"temperature": 0.8, "seed": 1, "max_tokens": 200}
        return list(complete_on_ray(dataset, "body", entry, response_format=SCHEMA, model_parameters=parameters).take_all())

    # The engine and all around it take less than two CPUs.
    shape = {"num_cpus": 2, "num_gpus": 0, "object_store_memory": 100 * 2**20}
    ray.init(address="local", include_dashboard=False, log_to_driver=False, **shape)
    try:
        yield answered
    finally:
        ray.shutdown()


def test_vllm_through_ray_data_is_held_to_the_schema(ask_on_ray: Callable[[list[str]], list[Any]], tmp_path: Path) -> None:
    rows = ask_on_ray(PROMPTS)
    assert sorted(row["body"] for row in rows) == sorted(PROMPTS)
    for row in rows:
        assert row["error"] is None, row
        check(row["completion"])
    for response in staged(tmp_path):
        assert response.finish_reason == "stop" and response.input_tokens > 0 and response.output_tokens > 0


def test_a_killed_engine_of_vllm_is_started_again_for_what_it_had_under_way(
    ask_on_ray: Callable[[list[str]], list[Any]], tmp_path: Path
) -> None:
    prompts = [f"message {number}" for number in range(40)]
    files = tmp_path / "stage"

    def kill() -> int:
        """Kill the actor once ten answers are staged; how many were by then."""
        deadline = time.monotonic() + READY_WITHIN_S
        while len(found := list(files.rglob("answers/*/*.arrow"))) < 10:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        [actor] = [process for process in psutil.process_iter(["cmdline"]) if is_engine(process.info["cmdline"])]
        actor.kill()
        return len(found)

    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill)
        rows = ask_on_ray(prompts)
    # Parts of one row each: eight of them were under way.
    assert 10 <= killed.result() < 40
    assert sorted(row["body"] for row in rows) == sorted(prompts)
    assert [row for row in rows if row["error"] is not None] == []
    answers = [
        request.key for name in Stage(str(files)).names() for request, _ in (Stage(str(files)).read(name) or (None, []))[1]
    ]
    assert len(answers) == len(set(answers)) == 40


def is_engine(command: list[str] | None) -> bool:
    name = (command or [""])[0]
    return name.startswith("ray::") and "vLLMEngineStageUDF" in name


@pytest.fixture(scope="module")
def server(weights: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """vLLM's own server on this machine, as one stands beside each worker."""
    pytest.importorskip("vllm", reason="There is no vLLM for the CPU here; `make engines` says where it looked.")
    port = "8199"
    command = [
        *(str(Path(sys.executable).parent / "vllm"), "serve", weights, "--served-model-name", "tiny", "--host", "127.0.0.1"),
        *("--port", port, "--dtype", "float32", "--max-model-len", "1024", "--max-num-seqs", "8", "--enforce-eager"),
        *("--structured-outputs-config", json.dumps(NO_SPACES)),
    ]
    log = tmp_path_factory.mktemp("server") / "vllm.log"
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=os.environ | OFFLINE, start_new_session=True)
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while not is_ready(f"http://127.0.0.1:{port}/health"):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def test_vllms_server_beside_a_worker_is_held_to_the_schema(server: str, ask: Any) -> None:
    entry = {"kind": "server", "model_name": "tiny", "base_url": server, "max_in_flight": 4}
    responses = ask(entry, response_format=SCHEMA, model_parameters={"temperature": 0.8, "seed": 1, "max_tokens": 200})
    for response in responses:
        assert response.error_class is None and response.finish_reason == "stop", response
        check(response.completion)
        assert response.response_model == "tiny" and response.input_tokens > 0


def check(completion: str) -> None:
    """By hand: what the schema says, nothing more."""
    value = json.loads(completion)
    assert set(value) == {"category", "is_urgent", "score"}
    assert value["category"] in ("billing", "bug", "other") and isinstance(value["is_urgent"], bool)
    assert value["score"] in range(1, 6)
