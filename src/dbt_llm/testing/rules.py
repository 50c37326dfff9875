"""Answers for the support-message example, by rules. This is not a language model.

Patterns and keywords, for English and, less well, for some other languages. They were written with
the example's messages in view, so how often they are right says nothing about any language model,
and are still wrong on some. The property names of the response format tell which task is meant.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .chat import ChatRequest, Reply
from .rule_words import TOPIC_WORDS, URGENT_WORDS

SERVED_MODEL = "rules-not-a-language-model"


def rules(request: ChatRequest) -> str | Reply:
    """Answer `pii_risk` and `message_topic` prompts; refuse any other task with a 400."""
    properties = frozenset((request.json_schema or {}).get("properties", {}))
    answer = _TASKS.get(properties)
    if answer is None:
        known = " or ".join(str(sorted(names)) for names in _TASKS)
        fault = f"The rules know the properties {known}; got {sorted(properties)}."
        return Reply(fault, status=400)
    return json.dumps(answer(message_in(request.prompt)), ensure_ascii=False)


def message_in(prompt: str) -> str:
    """The text between the first `<message>` and the last `</message>`; without them, all of it."""
    found = re.search(r"<message>(.*)</message>", prompt, re.DOTALL)
    return found[1] if found else prompt


def pii_risk(message: str) -> dict[str, Any]:
    """Which kinds of personal data a pattern finds."""
    found = {kind: pattern.search(message) for kind, pattern in _PII.items()}
    kinds = sorted(kind for kind, match in found.items() if match)
    if any(_passes_luhn(match[0]) for match in _CARD.finditer(message)):
        kinds = sorted([*kinds, "card"])
    return {"has_pii": bool(kinds), "pii_types": kinds, "confidence": _confidence(kinds, message)}


def message_topic(message: str) -> dict[str, Any]:
    """The topic with most keywords, the urgency by its words, and the first sentence."""
    said = [_SPEAKER.sub("", line) for line in message.splitlines() if not _FORMALITY.match(line)]
    text = " ".join(said).lower()
    # People say first what they want.
    opening = text[:_OPENING]
    scores = {topic: len(set(words.findall(opening))) + len(set(words.findall(text))) for topic, words in TOPIC_WORDS.items()}
    topic = max(scores, key=lambda name: scores[name])
    if not scores[topic]:
        topic = "other"
    usual = "low" if topic in ("feedback", "other") else "normal"
    urgency = "high" if URGENT_WORDS.search(text) else usual
    return {"topic": topic, "urgency": urgency, "summary": _summary(said)}


def _confidence(kinds: list[str], message: str) -> float:
    if kinds:
        return {"address": 0.81, "phone": 0.88}.get(kinds[0], 0.97) if len(kinds) == 1 else 0.99
    # Digits or a sign that nothing matched leave room for doubt.
    return 0.72 if re.search(r"\d{4}|@", message) else 0.94


def _summary(said: list[str]) -> str:
    told = [line.strip() for line in said if line.strip() and not line.startswith("Subject:")]
    sentence = re.split(r"(?<=[.!?。？！])\s", (told or [""])[0])[0]
    return sentence if len(sentence) <= 120 else sentence[:119] + "…"


def _passes_luhn(number: str) -> bool:
    digits = [int(sign) for sign in reversed(number) if sign.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0


_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,15}(?!\d)")

_PII = {
    "email": re.compile(
        r"(?<![\w.+-])(?!(?:support|info|help|service|no-?reply)@)[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
        r"|\w+ ?\(at\) ?\w+"
    ),
    "phone": re.compile(
        r"(?<![A-Za-z0-9_#-])(?<!\d )(?:"
        r"\+\d{1,3}[ -]?\d{2,4}[ -]?\d{3,4}[ -]?\d{3,5}"
        r"|\(\d{3}\) ?\d{3}-\d{4}"
        r"|\d{3}[-.]\d{3}[-.]\d{4}"
        r"|0\d{2,4} \d{4,7}(?: \d{3,4})?"
        r"|0\d(?: \d\d){4}"
        r")(?!\d)"
    ),
    "ssn": re.compile(
        r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"
        r"|\b(?:ssn|security number)\W+(?:is )?\d{3} \d{2} \d{4}\b",
        re.IGNORECASE,
    ),
    "address": re.compile(
        r"\b\d+[a-z]?,? (?:[A-Z][\w']+ ){1,3}"
        r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|court|close|way|square|row)\b"
        r"|\b\w+(?:straße|strasse|str\.|weg|gasse|platz|allee) \d+"
        r"|\b\d+(?: bis)?,? (?:rue|avenue|boulevard|impasse|place) "
        r"|\b(?:calle|avenida|plaza|rua|travessa|via|viale|piazza) [\w ]+ \d+"
        r"|\b\w+ (?:sokak|caddesi|bulvarı),? (?:no:? ?)?\d+"
        r"|丁目|番地",
        re.IGNORECASE,
    ),
}

_OPENING = 90
_SPEAKER = re.compile(r"^(?:Caller|Customer): ")
_FORMALITY = re.compile(r"(?:agent:|[^.?!]{0,30},$|(?:hi|hello|hey|good (?:morning|evening))\W*$)", re.IGNORECASE)

_TASKS = {
    frozenset({"has_pii", "pii_types", "confidence"}): pii_risk,
    frozenset({"topic", "urgency", "summary"}): message_topic,
}
