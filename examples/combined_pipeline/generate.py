"""Make the messages of this example and what their writer knows of them: the same bytes on every machine.

The texts are those of examples/support_messages, put together anew: most are of two to five sentences, one in twenty of these
has a full card number in it, and one message in seven is one of the few short ones that everybody writes.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support_messages"))

import messages

SEED = 20261128
SHORT_SHARE = 0.15


def write(folder: Path, rows: int) -> None:
    """Write messages.csv (message_id, body) and labels.csv (message_id, has_card) of so many rows."""
    rng = random.Random(SEED)
    everybodys = [message for message in messages.fixed() if message.kind == "short"]
    made = [rng.choice(everybodys) if rng.random() < SHORT_SHARE else messages.composed(rng) for _ in range(rows)]
    folder.mkdir(exist_ok=True)
    with (
        (folder / "messages.csv").open("w", encoding="utf-8", newline="") as texts,
        (folder / "labels.csv").open("w", encoding="utf-8", newline="") as labels,
    ):
        write_text, write_label = csv.writer(texts).writerow, csv.writer(labels).writerow
        write_text(["message_id", "body"])
        write_label(["message_id", "has_card"])
        for message_id, message in enumerate(made, start=1):
            write_text([message_id, message.body])
            write_label([message_id, "true" if "card" in message.pii_types else "false"])
