"""Put messages together from fragments, and keep what their writer knows about them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from slots import fill
from texts import english as en
from texts.oddities import ODDITIES
from texts.other_languages import LANGUAGES

TOPICS = list(en.CORES)
URGENT_TOPICS = ["billing", "delivery", "technical", "account", "cancellation"]


@dataclass(frozen=True)
class Message:
    """A text, with what its writer knows about it."""

    body: str
    topic: str
    pii_types: tuple[str, ...]
    language: str
    kind: str
    channel: str


def composed(rng: random.Random) -> Message:
    """A message of any kind but the fixed ones."""
    makers = [english, foreign, transcript, lookalike, disguised, long_message]
    make: Callable[[random.Random], Message] = rng.choices(makers, [64, 21, 8, 6, 3, 2])[0]
    return make(rng)


def fixed() -> Iterator[Message]:
    """The messages that are written out in full."""
    for body, topic, pii_types, language in ODDITIES:
        yield Message(body, topic, tuple(sorted(pii_types)), language, "oddity", "web_form")
    for body, topic in en.SHORT:
        yield Message(body, topic, (), "en", "short", "chat")


def english(rng: random.Random) -> Message:
    """An English message of one topic; about half of them carry personal data."""
    topic = rng.choice(TOPICS)
    pii_types = some_pii(en.KINDS[topic], rng)
    contacts = [contact(kind, topic, rng) for kind in pii_types]
    return compose(topic, contacts, pii_types, "plain", rng)


def lookalike(rng: random.Random) -> Message:
    """An English message with something that only looks like personal data."""
    return compose(rng.choice(TOPICS), [rng.choice(en.LOOKALIKES)], [], "lookalike", rng)


def disguised(rng: random.Random) -> Message:
    """An English message whose personal data is spelled so that patterns miss it."""
    topic = rng.choice(TOPICS)
    kind = rng.choice([kind for kind in en.DISGUISED if kind in en.KINDS[topic]])
    return compose(topic, [rng.choice(en.DISGUISED[kind])], [kind], "disguised", rng)


def some_pii(kinds: Sequence[str], rng: random.Random) -> list[str]:
    """Up to three kinds, none for about half of the messages."""
    count = rng.choices([0, 1, 2, 3], [50, 34, 13, 3])[0]
    return sorted({rng.choice(kinds) for _ in range(count)})


def contact(kind: str, topic: str, rng: random.Random) -> str:
    """A sentence that gives personal data away."""
    return rng.choice([*en.CONTACTS[kind], *en.CONTACTS_OF_TOPIC.get((kind, topic), [])])


def compose(topic: str, contacts: Sequence[str], pii_types: Iterable[str], kind: str, rng: random.Random) -> Message:
    """Put an English message together as its channel would have it."""
    core = rng.choice(en.CORES[topic])
    details = rng.sample(en.DETAILS[topic], rng.choice([0, 0, 1, 1, 2]))
    urgent = [rng.choice(en.URGENT)] if topic in URGENT_TOPICS and rng.random() < 0.17 else []
    middle = [*details, *contacts, *urgent]
    rng.shuffle(middle)
    channel = rng.choice(["email", "email", "chat", "web_form"])
    if channel == "email":
        greeting, closing = rng.choice(en.GREETINGS), rng.choice(en.CLOSINGS)
        text = f"{greeting}\n\n{' '.join([core, *middle])}\n\n{closing}"
    elif channel == "chat":
        opening = rng.choice([*en.CHAT_OPENINGS, "", "", ""])
        text = rng.choice(["\n", " "]).join(part for part in [opening, core, *middle] if part)
    else:
        text = f"Subject: {rng.choice(en.SUBJECTS[topic])}\n\n" + "\n".join([core, *middle])
    # Filled in only now: a slip inside an e-mail address would make it something else.
    return Message(fill(roughen(text, channel, rng), rng), topic, tuple(pii_types), "en", kind, channel)


def roughen(text: str, channel: str, rng: random.Random) -> str:
    """Write as people do: in a hurry, in capitals, with slips and smileys."""
    draw = rng.random()
    if channel == "chat" and draw < 0.35:
        return outside_slots(text, lambda part: part.lower().replace("'", ""))
    if draw < 0.03:
        return outside_slots(text, str.upper)
    if draw < 0.15:
        return outside_slots(text, lambda part: slip(part, rng))
    if draw < 0.20:
        return text + rng.choice([" 🙏", " 😕", " 😀", "!!!", " ..."])
    return text


def outside_slots(text: str, change: Callable[[str], str]) -> str:
    parts = text.replace("}", "{").split("{")
    return "".join("{" + part + "}" if number % 2 else change(part) for number, part in enumerate(parts))


def slip(text: str, rng: random.Random) -> str:
    """Swap two neighbouring letters in about one word of twelve."""
    words = text.split(" ")
    for number, word in enumerate(words):
        if len(word) > 4 and word.isalpha() and rng.random() < 0.08:
            at = rng.randint(1, len(word) - 3)
            words[number] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def foreign(rng: random.Random) -> Message:
    """A message in a language other than English."""
    language = rng.choices(LANGUAGES, [28, 18, 18, 11, 10, 10, 5])[0]
    topic = rng.choice(TOPICS)
    pii_types = some_pii([kind for kind in en.KINDS[topic] if kind in language.contacts], rng)
    contacts = [rng.choice(language.contacts[kind]) for kind in pii_types]
    space = "" if language.code == "ja" else " "
    parts = [
        rng.choice(language.greetings),
        space.join([rng.choice(language.cores[topic]), *contacts]),
        rng.choice(language.closings),
    ]
    channel = rng.choice(["email", "email", "web_form", "chat"])
    text = rng.choice(["\n\n", "\n"]).join(part for part in parts if part)
    return Message(fill(text, rng), topic, tuple(pii_types), language.code, "foreign", channel)


def transcript(rng: random.Random) -> Message:
    """A telephone call, as a machine wrote it down."""
    topic = rng.choice(TOPICS)
    pii_types = some_pii(en.KINDS[topic], rng)
    hesitation, core = rng.choice(en.HESITATIONS), rng.choice(en.CORES[topic])
    if hesitation and not core.startswith(("I ", "I'", "Larkfield", "{")):
        core = core[0].lower() + core[1:]
    lines = [f"Agent: {rng.choice(en.AGENT_FIRST)}", f"Caller: {hesitation}{core}"]
    lines.append(f"Agent: {rng.choice(en.AGENT_LISTENS)}")
    for kind in pii_types:
        lines += [f"Agent: {en.QUESTIONS[kind]}", f"Caller: {contact(kind, topic, rng)}"]
    lines.append(f"Caller: {rng.choice(en.DETAILS[topic])}")
    lines.append(f"Agent: {rng.choice(en.AGENT_LAST)}")
    text = fill("\n".join(lines), rng)
    return Message(text, topic, tuple(pii_types), "en", "transcript", "phone_transcript")


def long_message(rng: random.Random) -> Message:
    """More than 5,000 characters of one story, with at most one contact somewhere inside."""
    topic = rng.choice(["billing", "delivery", "technical", "feedback"])
    pii_types = some_pii(["email", "phone", "address"], rng)[:1]
    paragraphs = ["I will tell you the whole story from the beginning, so please read to the end."]
    while sum(map(len, paragraphs)) < 5_000:
        told = [rng.choice(en.CORES[topic]), *rng.sample(en.DETAILS[topic], 2)]
        told += rng.sample(en.STORY, 3)
        rng.shuffle(told)
        paragraphs.append(f"Day {len(paragraphs)}. {' '.join(told)}")
    inside = [contact(kind, topic, rng) for kind in pii_types] or ["So far, so bad."]
    paragraphs.insert(rng.randint(2, len(paragraphs) - 1), " ".join(inside))
    text = fill("\n\n".join(paragraphs), rng)
    return Message(text, topic, tuple(pii_types), "en", "long", "email")
