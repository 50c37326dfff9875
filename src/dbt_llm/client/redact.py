"""Provider messages made fit for logs and tables: no key, no prompt, not too long."""

from __future__ import annotations

_LONGEST = 300
_TELLING = 20
"""So many characters in common with the prompt are taken as a piece of it."""


def redact(message: str | None, *, key: str | None, prompt: str) -> str:
    """One line of at most 300 characters, in which the key and every piece of the prompt is `…`."""
    if not message:
        return "no message"
    text = " ".join(message.split())
    for secret in (key, prompt.strip() if len(prompt.strip()) >= 4 else None):
        if secret:
            text = text.replace(secret, "…").replace(" ".join(secret.split()), "…")
    # Ahead of the search, whose cost is its length times the prompt's.
    text = text[: 2 * _LONGEST]
    text = _without_pieces(text, " ".join(prompt.split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _without_pieces(text: str, prompt: str) -> str:
    kept, at = [], 0
    while at < len(text):
        piece = text[at : at + _TELLING]
        if len(piece) < _TELLING or piece not in prompt:
            kept.append(text[at])
            at += 1
            continue
        end = at + _TELLING
        while end < len(text) and text[at : end + 1] in prompt:
            end += 1
        kept.append("…")
        at = end
    return "".join(kept)
