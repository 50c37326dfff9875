"""The lines that say how far a run has come."""

from dbt_llm.client import Counts
from dbt_llm.progress import Progress


def state(requests: int, answered: int, failed: int, tokens: int, cost_usd: float | None) -> Counts:
    """Counts of a run that has come so far."""
    return Counts(
        requests=requests,
        settled=answered,
        succeeded=answered - failed,
        failed=failed,
        input_tokens=tokens,
        cost_usd=cost_usd,
    )


STATE = state(requests=380_000, answered=40_000, failed=12, tokens=1_900_000, cost_usd=0.42)


def test_a_line() -> None:
    progress = Progress("pii_risk", now=0.0)
    assert progress.line(STATE, now=4.9) is None
    assert progress.line(STATE, now=190.0) == (
        "pii_risk: 40,000 of 380,000 requests answered, 12 failed, 1.9 M tokens, 0.42 USD, 211/s, 27 min left"
    )
    assert progress.line(STATE, now=194.0) is None


def test_nothing_answered_yet_and_no_prices() -> None:
    line = Progress("t", now=0.0).line(state(3, 0, 0, 0, None), now=5.0)
    assert line == "t: 0 of 3 requests answered, 0 failed, 0 tokens, 0.0/s"


def test_the_speed_is_that_of_the_last_half_minute() -> None:
    progress = Progress("t", now=0.0)
    lines = [progress.line(state(1000, 0, 0, 0, None), now=at * 5.0) for at in range(1, 20)]
    assert all(lines)
    line = progress.line(state(1000, 300, 0, 0, None), now=100.0)
    assert line is not None and "10/s, 70 s left" in line


def test_the_last_line() -> None:
    progress = Progress("t", now=0.0)
    whole = state(100, 100, 1, 25_000, None)
    assert progress.last_line(whole, None, now=10.0) == ("t: 100 of 100 requests answered, 1 failed, 25.0 k tokens, 10/s, 10 s")
    stopped = progress.last_line(state(100, 40, 0, 0, None), "limit:requests", now=7200.0)
    assert stopped.endswith("2.0 h; stopped (limit:requests), 60 left pending")
