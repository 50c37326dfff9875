"""The keywords that the rules go by, most of them English."""

from __future__ import annotations

import re


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
