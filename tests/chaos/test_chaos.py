"""A few schedules of each road, and proof that the oracle sees an engine that is broken: `make chaos` has the others."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import __main__ as chaos
from tests.chaos.oracle import Kind, judge
from tests.chaos.runners import carry_out
from tests.chaos.schedule import Kill, Road, RunPlan, Schedule, schedule
from tests.chaos.server import StandIn

SEEDS: list[tuple[Road, int]] = [
    *(("drain", seed) for seed in (1, 2, 4, 8)),
    *(("async", seed) for seed in (1, 3)),
    *(("batch", seed) for seed in (1, 3, 4)),
    *(("dbt", seed) for seed in (3, 4)),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with StandIn(tmp_path_factory.mktemp("chaos") / "calls.jsonl") as running:
        yield running


@pytest.mark.parametrize(("road", "seed"), SEEDS, ids=lambda part: str(part))
def test_nothing_is_lost_or_paid_twice(road: Road, seed: int, server: StandIn, tmp_path: Path) -> None:
    _, faults, _ = chaos.judged(schedule(seed, road), server, tmp_path)
    assert faults == []


def broken(mutation: str) -> Schedule:
    """A small schedule in which that way of being broken shows."""
    bodies = tuple(f"0/{number}/{10 + number}" for number in range(30))
    plan = {"knows_no_limit": RunPlan(limit=5)}.get(mutation, RunPlan())
    if mutation == "keeps_late":
        bodies = tuple(f"0/{number}/10" for number in range(600))
        plan = RunPlan(kill=Kill(signal.SIGKILL, after_calls=20, then_s=0.7))
    road: Road = "batch" if mutation == "submits_twice" else "drain"
    return Schedule(0, road, {"pii_risk": bodies}, (plan,), max_in_flight=8, latency_s=0.02, mutation=mutation)


@pytest.mark.parametrize(
    ("mutation", "kind"),
    [
        ("loses_an_answer", "lost"),
        ("drops_a_write", "paid"),
        ("asks_twice", "paid"),
        ("keeps_late", "paid"),
        ("submits_twice", "paid"),
        ("fills", "filler"),
        ("counts_too_much", "count"),
        ("knows_no_limit", "limit"),
    ],
)
def test_the_oracle_sees_an_engine_that_is_broken(mutation: str, kind: Kind, server: StandIn, tmp_path: Path) -> None:
    planned = broken(mutation)
    assert kind in {fault.kind for fault in judge(planned, carry_out(planned, server, tmp_path))}


def test_a_seed_is_a_schedule() -> None:
    assert schedule(7) == schedule(7) != schedule(8)
    assert {schedule(seed).road for seed in range(60)} == {"drain", "async", "batch", "dbt"}
    assert schedule(7, "batch").road == "batch"


def test_what_is_done_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Finished seeds are read from the results, a faulty one among them is told of again by the totals."""
    done = {"runs": 3, "kills": 1, "calls": 4, "rows": 5, "repeats": 0, "seconds": 1.0, "asked_road": None}
    results = tmp_path / "chaos.jsonl"
    lines = [{"seed": 1, "road": "drain", "faults": {}, **done}, {"seed": 2, "road": "dbt", "faults": {"paid": 2}, **done}]
    results.write_text("".join(json.dumps(line) + "\n" for line in lines))
    asked: list[int] = []

    def one(planned: Schedule, *_: object, **__: object) -> dict[str, object]:
        asked.append(planned.seed)
        return {"seed": planned.seed, "road": "batch", "faults": {}, **done}

    monkeypatch.setattr(chaos, "one", one)
    assert chaos.main(["1-4", "--results", str(results)]) == 1
    assert asked == [3, 4]
    assert capsys.readouterr().out.splitlines()[-1].split() == [
        "all",
        "4",
        "12",
        "4",
        "16",
        "20",
        "0",
        "2",
        "0",
        "0",
        "0",
        "0",
        "4",
    ]
    assert chaos.main(["3-4", "--results", str(results)]) == 0
    assert asked == [3, 4]
