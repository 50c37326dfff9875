"""What may be shown of texts that others wrote: a provider's messages, an error's words, an address."""

from __future__ import annotations

import re

from .errors import DbtLlmError

__all__ = ["bare", "error_words", "redact", "shown", "token", "visible"]

_LONGEST = 300
_TELLING = 20
"""So many characters in common with the prompt are taken as a piece of it."""

_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    a about above abuse accept accepted access account accounts active add after again against all allow allowed already also
    always an and another answer answered answers any api are argument arguments arn array as asked assistant at attempt audio
    authentication authorization automatic available back bad balance base batch batches be because been before begin begins
    being below between billing blocked blocklist body boolean both bytes cache call called calls came can cancelled cannot
    case change chat check choices choose client closed code come completion completions configuration configured connection
    contact content contents context conversation copy could count created credit credits currently custom cut cyber data day
    deactivated deadline decode default denied deployment deprecated description details developer different dimension
    disabled do does done down dropped each either empty enabled end ended endpoint enough enqueued entity enum error errors
    ever every exceed exceeded exceeds exhausted exist existing exists expected expired extra fail failed failure feature few
    fewer field fields file files filter filtered finish first flagged following for forbidden form format found free from
    full function gateway generate generated generation get given got grant greater had harmful has have header headers here
    high hour html http id if image images implemented in include including incompatible incorrect increase input inputs instead
    insufficient int integer interface internal invalid invoke is it items its job jobs json keep kept key keys known large
    larger last late later least length less limit limited limits line lines list load local location log long longer low
    lower made malformed many match max maximum may mean message messages method middle min minimum minute missing mistake
    mode model models moderation more most must name named near need needed needs network never new no none not nothing now
    null number object of off on once one only open operation option or order organization other our out output overloaded
    owner page parameter parameters parse parsed part parts pass path payload payment pending per permission permissions plan
    please policy pool possible prefix previous price prohibited project prompt prompts properties property provide provided
    provider purchase query queue quota rate reached read reason reasoning received recitation recognised recognized record
    records refused region reject rejected remote remove repeat replace request requests require required requires reset
    resource response responses restricted result results retries retry return returned rights role route running s safety
    same say says schema scope second seconds see send sent server servers service session set setting settings short should
    size slow small so some something specified spend start state status stop stopped stored stream streaming strict string
    structured subscription such support supported supports system t take taken temperature temporarily temporary text than
    that the their them then there these they this those throttled tier time timed timeout to together token tokens too tool
    tools top total traffic tries try type types unable unauthorized unavailable unexpected unknown unprocessable unreadable
    unsupported until up upgrade upload upstream usage use used user using valid validation value values version violates
    violation wait wants was we were what when where which while who will with within without word words written wrong x yet
    you your
    """,
    )
)
"""The words that errors of APIs are made of. None of them tells anything of a person, whoever wrote it."""

_TOKENS = re.compile(r"\w+|.", re.DOTALL)
_STATUS = re.compile(r"(?<![\w.,-])[2345]\d\d(?![\w-]|[.,]\d)")
_MODEL = "\ue000"
"""Stands for the model's name, for a moment."""
_MARKS = frozenset(f" .,:;()[]'\"/-…{_MODEL}")
_KIND_OF_ERROR = re.compile(r"(?:[A-Z][a-z]+)+(?:Error|Exception|Timeout)")
_OF_THE_DISK = frozenset({"IOException", "TransactionException"})
"""DuckDB's; what it says of values quotes them."""
_MASKS = re.compile(rf"…(?:[^\w…{_MODEL}]*…)+")
_SPELLED = re.compile(r"(?<![\w'])(\w)(?:[-. ]+(?!\1)\w(?!\w))+")
"""Letters one by one, as a name may be spelled."""
_CODE = re.compile(r"(?!.*\d{3})[A-Za-z][A-Za-z0-9_.:/-]{0,63}")
_SECRETS_OF_URL = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?:[^\s/?#'\"]*@)?(?P<rest>[^\s?#'\"<>]*)(?:[?#][^\s'\"<>]*)?", re.IGNORECASE
)
# What moves a terminal's cursor, turns the direction of writing, or is not seen.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)


def redact(message: str | None, *, key: str | None, prompt: str, model_name: str | None = None) -> str:
    """A provider's message as one line of at most 300 characters, in which only words that errors are made of are left.

    Whatever else it says (a number, a name, a text in another language) is `…`: it may be the prompt's, in any spelling. So
    is the key, and what is the prompt's word for word. `model_name`: what the message may name, as it is the project's own.
    """
    if not message:
        return "no message"
    # Ahead of all that follows, whose cost is its length.
    text = " ".join(bare(_UNSEEN.sub(" ", message[: 8 * _LONGEST])).split())
    for secret in (key, " ".join(key.split()) if key else None):
        if secret:
            text = text.replace(secret, "…")
    if model_name:
        text = re.sub(rf"(?<!\w){re.escape(model_name)}(?!\w)", _MODEL, text)
    prompt = " ".join(prompt[: 1 << 20].split()).lower()
    if 4 <= len(prompt) <= len(text):
        text = re.sub(re.escape(prompt), "…", text, flags=re.IGNORECASE)
    statuses = {found.start() for found in _STATUS.finditer(text)}
    known = (_known(found[0], is_status=found.start() in statuses) for found in _TOKENS.finditer(text))
    text = _MASKS.sub("…", _SPELLED.sub("…", "".join(known)))[: 2 * _LONGEST]
    text = _without_pieces(text, prompt).replace(_MODEL, model_name or "…")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _known(word: str, *, is_status: bool) -> str:
    if word in _MARKS or is_status or _KIND_OF_ERROR.fullmatch(word):
        return word
    if len(word) == 1 and word.isascii() and word.isalpha():
        return word
    return word if all(part.lower() in _WORDS for part in word.split("_") if part) and word.strip("_") else "…"


def _without_pieces(text: str, prompt: str) -> str:
    kept, at, lower = [], 0, text.lower()
    while at < len(text):
        piece = lower[at : at + _TELLING]
        if len(piece) < _TELLING or piece not in prompt:
            kept.append(text[at])
            at += 1
            continue
        end = at + _TELLING
        while end < len(text) and lower[at : end + 1] in prompt:
            end += 1
        kept.append("…")
        at = end
    return "".join(kept)


def token(value: object) -> str | None:
    """A provider's code, state or name of a kind, where it has the form of one; `…` where it is another text."""
    if not isinstance(value, str) or not value:
        return None
    return value if _CODE.fullmatch(value) else "…"


def shown(text: str) -> str:
    """Our own words, with what others may have put into them: one line, no unseen characters, no secrets of addresses."""
    text = " ".join(bare(_UNSEEN.sub(" ", text)).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def visible(text: str) -> str:
    """The text without what moves a terminal's cursor or is not seen; its lines stay."""
    # Nearly every word is: what is printable in ASCII has nothing of the kind.
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(_UNSEEN.sub(" ", line) for line in text.split("\n"))


def bare(text: str) -> str:
    """The text with its URLs left without userinfo, query and fragment, which may be secrets."""
    return _SECRETS_OF_URL.sub(lambda found: found["scheme"] + found["rest"], text)


def error_words(error: BaseException) -> str:
    """An exception as one line. Words of the system and our own are told; those of a client may quote the answer.

    Of all others the class is told, and the HTTP status where it has one.
    """
    kind = type(error).__name__
    if isinstance(error, DbtLlmError | OSError) or type(error).__module__.startswith("dbt_llm."):
        return shown(f"{kind}: {error}") if str(error) else kind
    if kind in _OF_THE_DISK:
        return shown(f"{kind}: {error}")
    statuses = (getattr(error, name, None) for name in ("status", "status_code", "code"))
    status = next((status for status in statuses if isinstance(status, int) and 100 <= status < 600), None)
    return kind if status is None else f"{kind}, status {status}"
