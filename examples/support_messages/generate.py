"""Write the example's seeds: support messages, and the golden set drawn from them.

    python examples/support_messages/generate.py

The same bytes come out on every machine. `DATA.md` says what is in them.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import messages
from messages import Message

SEED = 20260105
ROWS = 1_200
DISTINCT = 793
NULLS = 9
EMPTY = 6
EMPTY_TEXT = "<empty>"
KINDS_FROM_RARE = ["ssn", "card", "address", "phone", "email"]
FIRST_DAY = datetime(2026, 1, 5)
DAYS = 84


@dataclass(frozen=True)
class Row:
    """A row of the seed. Without a message its body is NULL."""

    message_id: int
    customer_id: int
    channel: str
    sent_at: datetime
    message: Message | None


def main() -> None:
    """Write both seeds into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "seeds")
    output: Path = parser.parse_args().output
    rows = make_rows(random.Random(SEED))
    write_csv(
        output / "support_messages.csv",
        ["message_id", "customer_id", "channel", "sent_at", "body"],
        ((row.message_id, row.customer_id, row.channel, row.sent_at, seed_text(row)) for row in rows),
    )
    write_csv(
        output / "golden_support_messages.csv",
        ["message_id", "language", "body", "has_pii", "pii_types", "topic"],
        golden_rows(rows, random.Random(SEED + 1)),
    )


def make_rows(rng: random.Random) -> list[Row]:
    """All rows, in the order in which they were sent."""
    distinct = make_distinct(rng)
    empty = Message("", "other", (), "", "empty", "web_form")
    repeated = list(repeats(distinct, ROWS - DISTINCT - NULLS - EMPTY, rng))
    sent: list[Message | None] = [*distinct, *repeated, *[None] * NULLS, *[empty] * EMPTY]
    rng.shuffle(sent)
    sent_at = sorted(moment(rng) for _ in sent)
    return [
        Row(
            message_id=10_001 + number,
            customer_id=rng.randint(100_000, 104_999),
            channel=message.channel if message else "phone_transcript",
            sent_at=sent_at[number],
            message=message,
        )
        for number, message in enumerate(sent)
    ]


def make_distinct(rng: random.Random) -> list[Message]:
    """The messages that differ from each other."""
    found = {message.body: message for message in messages.fixed()}
    while len(found) < DISTINCT:
        message = messages.composed(rng)
        found.setdefault(message.body, message)
    return list(found.values())


def repeats(distinct: Sequence[Message], count: int, rng: random.Random) -> Iterator[Message]:
    """Messages sent again: half are the short ones that everybody writes, half any other."""
    short = [message for message in distinct if message.kind == "short"]
    others = [message for message in distinct if message.kind != "short"]
    for number in range(count):
        yield rng.choice(short if number % 2 else others)


def moment(rng: random.Random) -> datetime:
    """A time of day between six and midnight, on weekdays more often."""
    while True:
        at = FIRST_DAY + timedelta(days=rng.randrange(DAYS), seconds=rng.randrange(6 * 3600, 86_400))
        if at.weekday() < 5 or rng.random() < 0.4:
            return at


def seed_text(row: Row) -> str:
    # A CSV cannot tell an empty text from NULL, so the empty text has a word of its own.
    if row.message is None:
        return ""
    return row.message.body or EMPTY_TEXT


def golden_rows(rows: Sequence[Row], rng: random.Random) -> Iterator[Sequence[object]]:
    """200 distinct messages, so many of each kind, with the labels that a reader gives them."""
    wanted = {"plain": 88, "foreign": 45, "oddity": 26, "lookalike": 12, "disguised": 10,
              "transcript": 10, "short": 6, "long": 3}  # fmt: skip
    first: dict[str, tuple[int, Message]] = {}
    for row in rows:
        if row.message and row.message.body:
            first.setdefault(row.message.body, (row.message_id, row.message))
    chosen: list[tuple[int, Message]] = []
    for kind, count in wanted.items():
        chosen += evenly([pair for pair in first.values() if pair[1].kind == kind], count, rng)
    for message_id, message in sorted(chosen, key=lambda pair: pair[0]):
        has_pii = "true" if message.pii_types else "false"
        pii_types = "|".join(message.pii_types)
        yield message_id, message.language, message.body, has_pii, pii_types, message.topic


def evenly(pairs: Sequence[tuple[int, Message]], count: int, rng: random.Random) -> list[tuple[int, Message]]:
    """So many of the messages, from each language, topic and kind of personal data in turn."""
    shuffled = rng.sample(pairs, len(pairs))
    taken: Counter[tuple[str, str]] = Counter()
    turns = []
    for message_id, message in shuffled:
        rarest = [kind for kind in KINDS_FROM_RARE if kind in message.pii_types]
        stratum = (message.language, rarest[0] if rarest else message.topic)
        taken[stratum] += 1
        turns.append((taken[stratum], message_id, message))
    turns.sort(key=lambda turn: turn[0])
    return [(message_id, message) for _, message_id, message in turns[:count]]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
