"""The example's seeds are what its generator writes, and hold what `DATA.md` says."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "support_messages"
SEEDS = ["support_messages.csv", "golden_support_messages.csv"]


@pytest.fixture(scope="module")
def messages() -> list[dict[str, str]]:
    return rows("support_messages.csv")


@pytest.fixture(scope="module")
def golden() -> list[dict[str, str]]:
    return rows("golden_support_messages.csv")


def rows(name: str) -> list[dict[str, str]]:
    with (EXAMPLE / "seeds" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_generator_writes_the_seeds_byte_for_byte(tmp_path: Path) -> None:
    generate = [sys.executable, str(EXAMPLE / "generate.py"), "--output", str(tmp_path)]
    subprocess.run(generate, check=True)
    for name in SEEDS:
        assert (tmp_path / name).read_bytes() == (EXAMPLE / "seeds" / name).read_bytes()


def test_a_third_of_the_messages_repeat_another(messages: list[dict[str, str]]) -> None:
    bodies = [row["body"] for row in messages]
    texts = [body for body in bodies if body not in ("", "<empty>")]
    assert len(bodies) >= 1_000
    assert 0.30 <= 1 - len(set(texts)) / len(texts) <= 0.37
    assert bodies.count("") == 9
    assert bodies.count("<empty>") == 6


def test_the_odd_ones_are_there(messages: list[dict[str, str]]) -> None:
    bodies = {row["body"] for row in messages}
    assert sum(len(body) > 5_000 for body in bodies) >= 5
    for odd in (
        '{"json": 1}',
        "{body}",
        "{{ customer",
        "\\",
        "$$",
        "'; drop table",
        "\n",
        "😡",
        "日",
    ):
        assert any(odd in body for body in bodies), odd
    # Tools that read CSV disagree about a carriage return inside a field.
    assert not any("\r" in body or "\x00" in body for body in bodies)


def test_identifiers_and_channels(messages: list[dict[str, str]]) -> None:
    assert len({row["message_id"] for row in messages}) == len(messages)
    assert [row["sent_at"] for row in messages] == sorted(row["sent_at"] for row in messages)
    channels = Counter(row["channel"] for row in messages)
    assert set(channels) == {"email", "chat", "phone_transcript", "web_form"}


def test_the_golden_set_agrees_with_the_messages(messages: list[dict[str, str]], golden: list[dict[str, str]]) -> None:
    body_of = {row["message_id"]: row["body"] for row in messages}
    assert len(golden) == len({row["body"] for row in golden}) == 200
    for row in golden:
        kinds = row["pii_types"].split("|") if row["pii_types"] else []
        assert row["body"] == body_of[row["message_id"]]
        assert kinds == sorted(set(kinds) & {"address", "card", "email", "phone", "ssn"})
        assert row["has_pii"] == ("true" if kinds else "false")


def test_the_golden_set_has_enough_of_each_kind(golden: list[dict[str, str]]) -> None:
    topics = Counter(row["topic"] for row in golden)
    kinds = Counter(kind for row in golden for kind in row["pii_types"].split("|"))
    assert len(topics) == 7
    assert min(topics.values()) >= 20
    assert min(kinds.values()) >= 5
    assert sum(row["language"] != "en" for row in golden) >= 40


def test_duckdb_reads_the_seed_as_it_was_written(messages: list[dict[str, str]]) -> None:
    path = str(EXAMPLE / "seeds" / "support_messages.csv")
    query = "select message_id::text, body from read_csv(?, all_varchar = true) order by 1"
    read = duckdb.execute(query, [path]).fetchall()
    assert read == [(row["message_id"], row["body"] or None) for row in messages]
