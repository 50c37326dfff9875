"""Values for the names in braces: products, numbers, and personal data of nobody.

E-mail addresses are in the domains that RFC 2606 keeps for examples. Telephone numbers are in the
ranges that the regulators of the US, the UK, Germany and France keep for fiction. Card numbers are
the payment providers' published test numbers. Social security numbers begin with 9, which is never
issued, and avoid the middle digits of tax numbers. Streets, towns and postal codes are invented.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

PRODUCTS = [
    "Glow lamp", "Murmur speaker", "Halo thermostat", "Grind One", "Drip kettle",
    "Hush air filter", "hub", "Tally scale", "Toasty heater", "Pocket radio",
]  # fmt: skip
CITIES = ["Bergen", "Oslo", "Leeds", "Graz", "Denver", "Porto", "Lyon", "Toledo", "Osaka", "Bilbao"]
FIRST_NAMES = [
    "Nina", "Tom", "Ruth", "Lena", "Omar", "Grace", "Ivan", "Mei", "Paul", "Aisha",
    "Carl", "Joana", "Felix", "Sara", "Dev", "Hugo", "Clara", "Yusuf", "Anna", "Noor",
]  # fmt: skip
LAST_NAMES = [
    "Okafor", "Ferris", "Adeyemi", "Brandt", "Haddad", "Lindqvist", "Petrov", "Tanaka",
    "Moreau", "Rahman", "Whitlock", "Duarte", "Kessler", "Novak", "Iyer", "Castell",
]  # fmt: skip
MAIL_DOMAINS = ["example.com", "example.org", "example.net", "mail.example.com", "post.example"]
CARDS = [
    "4242 4242 4242 4242", "4111111111111111", "5555-5555-5555-4444", "3782 822463 10005",
    "6011 1111 1111 1117", "5105105105105100", "4000 0566 5566 5556", "3566002020360505",
]  # fmt: skip
STREETS = [
    "Marlow Hollow Road", "Old Ferry Street", "Juniper Bend", "Saltmarsh Lane", "Ninth Avenue",
    "Cooper's Row", "Harrier Close", "Bellweather Drive", "Thistle Court", "Canal Street",
]  # fmt: skip
TOWNS = [
    "Tarnbrook, OR 00012", "Eldermere QX4 7TN", "Quillford", "Port Vesper, ME 00044",
    "Stonewick QX1 2AB",
]  # fmt: skip

NAMES = {
    "de": ["Jonas Brandt", "Katrin Vogel", "M. Kessler", "Familie Reuter"],
    "es": ["Lucía Ferrer", "Andrés Molina", "Carmen Ibarra"],
    "fr": ["Camille Moreau", "Luc Besnard", "Mme Garnier"],
    "pt": ["Joana Duarte", "Rui Teles", "Beatriz"],
    "ja": ["田中", "佐藤 美咲", "小林"],
    "tr": ["Yusuf Aydın", "Elif Demir", "Mert"],
    "it": ["Giulia Serra", "Paolo Conti"],
}
ADDRESSES = {
    "de": [
        "Lindenstraße 14, 00471 Altwiesen",
        "Am Mühlbach 3, 00210 Grünfels",
        "Rosenweg 27b, 00119 Neudorf am See",
    ],
    "es": [
        "calle del Olmo 18, 2.º B, 00980 Valdecristal",
        "avenida de los Molinos 5, Puerto Claro",
    ],
    "fr": ["12 rue des Tilleuls, 00340 Saint-Orme", "3 bis, impasse du Moulin, 00560 Valrive"],
    "pt": [
        "Rua das Amendoeiras 41, 3.º Esq., 0099-012 Vila Serena",
        "Travessa do Poço 7, Monte Alvo",
    ],
    "ja": ["青葉県緑川市桜町3丁目4番5号", "白浜県海野市本町1-2-3"],
    "tr": ["Çınar Mahallesi, Lale Sokak No: 7/3, Yeşilova", "Deniz Caddesi 45, Akpınar"],
    "it": ["via dei Gelsomini 9, 00090 Montechiaro"],
}


def fill(text: str, rng: random.Random) -> str:
    """Put values in place of the known names in braces; leave every other brace alone.

    One message is about one order and one product, however often it names them.
    """
    kept: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in _SAME_WITHIN_A_MESSAGE:
            return _MAKERS[name](rng)
        return kept.setdefault(name, _MAKERS[name](rng))

    return _SLOT.sub(value, text)


def _name(rng: random.Random) -> str:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    return rng.choice([first, f"{first} {last}"])


def _date(rng: random.Random) -> str:
    day, month = rng.randint(1, 28), rng.randint(1, 2)
    return rng.choice([f"{day} February", f"2026-01-{day:02}", f"{day}.{month}.2026"])


def _email(rng: random.Random) -> str:
    first, last = rng.choice(FIRST_NAMES).lower(), rng.choice(LAST_NAMES).lower()
    mailbox = rng.choice([f"{first}.{last}", f"{first}{rng.randint(1, 99)}", f"{first[0]}{last}",
                          f"{last}+shop", f"{first}_{last}"])  # fmt: skip
    return f"{mailbox}@{rng.choice(MAIL_DOMAINS)}"


def _phone(rng: random.Random) -> str:
    area, line = rng.choice([202, 312, 415, 646]), f"01{rng.randint(0, 99):02}"
    return rng.choice([
        f"+1 {area} 555 {line}", f"({area}) 555-{line}", f"{area}-555-{line}", f"{area}.555.{line}",
        f"07700 900{rng.randint(0, 999):03}", f"020 7946 0{rng.randint(0, 999):03}",
        f"+44 7700 900{rng.randint(0, 999):03}",
    ])  # fmt: skip


def _phone_plus(rng: random.Random) -> str:
    return f"+1 {rng.choice([202, 312, 415])} 555 01{rng.randint(0, 99):02}"


def _phone_de(rng: random.Random) -> str:
    return rng.choice([f"030 23125 {rng.randint(0, 999):03}", f"0171 39200{rng.randint(0, 99):02}",
                       f"+49 171 39200{rng.randint(0, 99):02}"])  # fmt: skip


def _phone_fr(rng: random.Random) -> str:
    return f"{rng.choice(['01 99 00', '06 39 98'])} {rng.randint(0, 99):02} {rng.randint(0, 99):02}"


def _ssn(rng: random.Random) -> str:
    area, group, serial = rng.randint(900, 999), rng.randint(10, 49), rng.randint(1, 9999)
    return rng.choice([f"{area}-{group}-{serial:04}"] * 3 + [f"{area} {group} {serial:04}"])


def _address(rng: random.Random) -> str:
    street = f"{rng.randint(1, 240)} {rng.choice(STREETS)}"
    flat = rng.choice(["", "", f", Apt {rng.randint(1, 30)}"])
    return f"{street}{flat}, {rng.choice(TOWNS)}"


def _amount(rng: random.Random) -> str:
    whole, cents = rng.randint(4, 480), rng.choice(["00", "50", "90", "95", "99"])
    exact = f"{whole}.{cents}"
    return rng.choice([f"${exact}", f"{exact} EUR", f"£{exact}", f"{whole} euros"])


def _tracking(rng: random.Random) -> str:
    number = "".join(str(rng.randint(0, 9)) for _ in range(11))
    return rng.choice([f"1Z99{number}", f"LK{number[:9]}GB", f"0034{number}04"])


def _one_of(choices: list[str]) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(choices)


def _number(low: int, high: int) -> Callable[[random.Random], str]:
    return lambda rng: str(rng.randint(low, high))


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "product": _one_of(PRODUCTS),
    "product2": _one_of([f"{product} mini" for product in PRODUCTS]),
    "city": _one_of(CITIES),
    "name": _name,
    "mailbox": lambda rng: f"{rng.choice(FIRST_NAMES)} dot {rng.choice(LAST_NAMES)}".lower(),
    "order": lambda rng: rng.choice(["LF-", "#LF", "LF "]) + str(rng.randint(1_000_000, 9_999_999)),
    "customer": _number(100_000, 999_999),
    "serial": lambda rng: f"SN{rng.randint(10, 99)}-{rng.randint(1000, 9999)}-A",
    "version": lambda rng: f"{rng.randint(1, 6)}.{rng.randint(0, 19)}.{rng.randint(0, 9)}",
    "date": _date,
    "days": _number(2, 19),
    "n": _number(2, 9),
    "amount": _amount,
    "tracking": _tracking,
    "email": _email,
    "phone": _phone,
    "phone_plus": _phone_plus,
    "phone_de": _phone_de,
    "phone_fr": _phone_fr,
    "card": _one_of(CARDS),
    "ssn": _ssn,
    "address": _address,
    **{f"name_{code}": _one_of(names) for code, names in NAMES.items()},
    **{f"address_{code}": _one_of(addresses) for code, addresses in ADDRESSES.items()},
}
_SAME_WITHIN_A_MESSAGE = {
    "product", "product2", "order", "customer", "serial", "tracking", "name", "city",
}  # fmt: skip
_SLOT = re.compile("{(" + "|".join(_MAKERS) + ")}")
