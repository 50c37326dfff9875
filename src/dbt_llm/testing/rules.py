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


# The keywords, most of them English.


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))


URGENT_WORDS = _any(
    "urgent", "emergency", "immediately", "right away", "as soon as", "asap", "by tomorrow",
    "today", "lawyer", "dringend", "sofort", "urgente", "cuanto antes", "au plus vite", "至急",
    "acil",
)  # fmt: skip

TOPIC_WORDS = {
    "cancellation": _any(
        r"\bcancel", r"\bterminate", r"\bwithdraw\b", "not renew", "end my contract", "call it off",
        "changed my mind", "notice period", "free trial", "don't want", "dont want", "scrap my",
        "take me off", "membership", r"\bm(?:y|aintenance) plan\b", "nothing more will be",
        r"\breturn the\b", "kündig", "widerruf", "stornier", "cancelar", r"\banul", "résili",
        r"\bannuler", "desisto", "解約", "キャンセル", r"\biptal\b", "vazgeç", "disdire",
        "abbonamento",
    ),
    "billing": _any(
        r"\bcharged?\b", r"\bbill", r"\brefund", r"\binvoice", r"\bpayment", r"\bpaid\b",
        r"\bprice", r"\breceipts?\b", r"\bdiscount", r"\bvat\b", r"\bgift card", r"\bdebit",
        r"\bmoney\b", r"\bpay\b", r"\binstalments", r"\bbank\b", r"\bfee\b", r"\bstatement\b",
        r"\bout of my account\b", "abgebucht", "rechnung", "erstattung", r"im monat\b", "cobrad",
        "factura", "reembolso", "descuento", "débité", "remboursement", r"\bfacture", "請求",
        "返金", "領収書", r"\bpara çek", r"\bparası\b", "addebitat",
    ),
    "delivery": _any(
        r"\bparcel", r"\bdeliver", r"\btracking", r"\bcourier", r"\bship", r"\bpackage\b",
        r"\bbox\b", r"\barrived", r"\bwhere is my\b", r"\bcustoms\b", r"\bdriver\b", r"\bdepot\b",
        r"\binstead of\b", "pickup point", r"\breceived\b", "warehouse", "ordinary mail", "📦",
        "paket", "geliefert", "sendung", r"\bbote\b", "karton", "statt der", "paquete", "entregad",
        r"\bcaja\b", r"\bcolis\b", r"\blivreur", "j'ai reçu", "encomenda", "caixa", "届きません",
        "発送", "kargo", r"\bkutu", r"\bpacco\b",
    ),
    "technical": _any(
        r"\bcrash", r"\bturn on\b", r"\berror\b", r"\bfirmware", r"\bupdate", r"\bbluetooth",
        r"\bpair\b", r"\bwi-?fi\b", r"\bconnect", r"\bbattery", r"\bnoise", r"\bscreen\b",
        r"\breset (?:it|switch)", r"\bbutton on\b", r"doesn'?t work", r"\bplugged", r"\bserial",
        r"\brestarted", r"\bthe app\b", r"\bleaks", r"\bvoice control", r"this hot", r"\bexport",
        r"\bis dead\b", r"\blog\b", r"\bghz\b", "known problem", "won't", "not working",
        "einschalten", "gerät", "geräusch", r"\bapp\b", "se cierra", "actualización", "pierde agua",
        "mise à jour", "s'allume", "erreur", "atualização", "desliga", "アップデート", "アプリ",
        "電源", "güncelleme", "uygulama", "hoparlör", "si spegne",
    ),
    "account": _any(
        r"\blog ?in\b", r"\bpassword", r"\bsign(?:ed|ing)? (?:in|up)", r"\bmy account",
        r"\btwo accounts", r"\bprofile", r"\btwo-factor", r"\bunlock", r"\bgdpr\b", r"\bnewsletter",
        "unsubscri", r"\bregister", r"\bmerge\b", "purchase history", "our household",
        "data do you have", "does not exist", "passwort", "anmelden", "kundenkonto",
        "profil anpassen", "contraseña", "mi cuenta", "mot de passe", "mon compte", "me connecter",
        "minha conta", "senha", "パスワード", "登録", "şifre", "hesabıma giriş", "accedere",
    ),
    "feedback": _any(
        r"\bthank you (?:so|for)\b", r"\bthanks!", r"\bwonderful", r"\bgreat\b", r"\bloves?\b",
        r"\bsuggestion", r"\bexcellent", r"\bfive stars", r"\brude\b", r"\bno way to treat",
        r"\bthe manual reads\b", r"\buseless", r"\bon hold\b", r"\bstep back", r"\bpackaging\b",
        "dark mode", "on time", "just wanted to say", "just so you know", "two cents",
        "should know", "somebody reads this", "made me laugh", "told my friends", "großes lob",
        "schade", "anleitung", "¡muchas", "modo oscuro", r"\bbravo\b", "d'attente", "parabéns",
        "sugestão", "使いやすい", "改善", "memnun", "karanlık", "complimenti",
    ),
}  # fmt: skip
