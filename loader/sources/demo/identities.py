"""Names, addresses and numbers of the account's people, and the spellings in which contacts carry them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loader.sources.demo.drawing import Flags, Ints, blank, joined, padded, plain_texts, rare, weighted
from loader.sources.demo.settings import DemoSettings

#: Contacts that share another contact's e-mail address, written in another case or with spaces.
SHARED_EMAIL_RATE = 0.005
#: Addresses in odd cases or with spaces around them, and phone numbers with a plus or written in groups.
ODD_EMAIL_RATE = 0.01
ODD_PHONE_RATE = 0.15

#: Names and how they stand in an address.
_FIRST_NAMES = {
    "Олена": "olena",
    "Оксана": "oksana",
    "Ірина": "iryna",
    "Андрій": "andrii",
    "Тарас": "taras",
    "Наталія": "nataliia",
    "Марія": "mariia",
    "Сергій": "serhii",
    "Юлія": "yuliia",
    "Дмитро": "dmytro",
    "Emma": "emma",
    "Oliver": "oliver",
    "Sophie": "sophie",
    "James": "james",
    "Alice": "alice",
    "Thomas": "thomas",
    "Anna": "anna",
    "Piotr": "piotr",
    "Katarzyna": "katarzyna",
    "Jan": "jan",
    "Zofia": "zofia",
    "Tomasz": "tomasz",
    "Lena": "lena",
    "Felix": "felix",
    "Clara": "clara",
    "Lukas": "lukas",
}
_LAST_NAMES = {
    "Шевченко": "shevchenko",
    "Коваленко": "kovalenko",
    "Бондаренко": "bondarenko",
    "Ткаченко": "tkachenko",
    "Кравченко": "kravchenko",
    "Мельник": "melnyk",
    "Smith": "smith",
    "O'Neil": "oneil",
    "Baker": "baker",
    "Wood": "wood",
    "Nowak": "nowak",
    "Wójcik": "wojcik",
    "Mazur": "mazur",
    "Kowal": "kowal",
    "Weber": "weber",
    "Koch": "koch",
}
_DOMAINS = ("gmail.example", "ukr.example", "icloud.example", "outlook.example", "poczta.example", "work.example")
_DOMAIN_WEIGHTS = (52, 18, 12, 8, 6, 4)
_CITIES = ("Київ", "Львів", "Одеса", "Харків", "Дніпро", "Warszawa", "Kraków", "Berlin", "London", "Івано-Франківськ")
_CITY_WEIGHTS = (28, 14, 12, 11, 10, 8, 5, 4, 4, 4)
_OPERATORS = ("67", "50", "63", "93")
_FIRST_CUSTOMER_NUMBER = 4_211


@dataclass(frozen=True)
class Identity:
    """What tells people apart, an element a person; null where unknown.

    Attributes:
        email: the address as such, trimmed and in lower case.
        odd_email: the address as the contact carries it.
        customer_number: number in the shop's own system, with leading zeros.

    """

    email: pa.Array
    odd_email: pa.Array
    phone: pa.Array
    first_name: pa.Array
    last_name: pa.Array
    customer_number: pa.Array
    city: pa.Array


def identify(settings: DemoSettings, has_email: Flags, has_sms: Flags) -> Identity:
    """Gives people names, addresses where they have one, and numbers."""
    rng = settings.stream("identities")
    size = len(has_email)
    first, last = rng.integers(0, len(_FIRST_NAMES), size), rng.integers(0, len(_LAST_NAMES), size)
    email, odd_email = _addresses(rng, first, last, has_email)
    return Identity(
        email=email,
        odd_email=odd_email,
        phone=_phones(rng, has_sms),
        first_name=blank(plain_texts(list(_FIRST_NAMES), first), rng.random(size) < 0.15),
        last_name=blank(plain_texts(list(_LAST_NAMES), last), rng.random(size) < 0.3),
        customer_number=blank(padded(_FIRST_CUSTOMER_NUMBER + np.arange(size) * 3, 7), rng.random(size) < 0.14),
        city=blank(plain_texts(_CITIES, weighted(rng, _CITY_WEIGHTS, size)), rng.random(size) < 0.2),
    )


def _addresses(rng: np.random.Generator, first: Ints, last: Ints, has_email: Flags) -> tuple[pa.Array, pa.Array]:
    """Addresses as such, and as contacts carry them: some shared, some in odd cases or with spaces."""
    size = len(first)
    first_part = plain_texts(list(_FIRST_NAMES.values()), first)
    last_part = plain_texts(list(_LAST_NAMES.values()), last)
    domain = plain_texts(_DOMAINS, weighted(rng, _DOMAIN_WEIGHTS, size))
    clean = blank(joined(first_part, ".", last_part, np.arange(size) + 10, "@", domain), ~has_email)
    owner = np.arange(size)
    sharing = rare(rng, has_email, SHARED_EMAIL_RATE)
    lenders = np.setdiff1d(np.flatnonzero(has_email), sharing)
    owner[sharing] = rng.choice(lenders, len(sharing), replace=False)
    clean = clean.take(pa.array(owner))
    odd = rare(rng, has_email, ODD_EMAIL_RATE)
    form = np.zeros(size, dtype=np.int64)
    form[odd] = 1 + np.arange(len(odd)) % 3
    form[sharing] = 1 + np.arange(len(sharing)) % 3
    forms = [clean, joined(" ", pc.utf8_capitalize(clean)), pc.utf8_upper(clean), joined(clean, "  ")]
    return clean, pc.choose(pa.array(form), *forms)


def _phones(rng: np.random.Generator, has_sms: Flags) -> pa.Array:
    """Numbers in the spellings people use; subscriber numbers begin with 0, which no operator gives out."""
    size = len(has_sms)
    operator = plain_texts(_OPERATORS, np.arange(size) % len(_OPERATORS))
    number = padded(np.arange(size) * 3 % 1_000_000, 7)
    parts = [pc.utf8_slice_codeunits(number, start, stop) for start, stop in ((0, 3), (3, 5), (5, 7))]
    forms = [
        joined("380", operator, number),
        joined("+380", operator, number),
        joined("+380 (", operator, ") ", parts[0], "-", parts[1], "-", parts[2]),
    ]
    form = np.zeros(size, dtype=np.int64)
    odd = rare(rng, has_sms, ODD_PHONE_RATE)
    form[odd] = 1 + np.arange(len(odd)) % 2
    return blank(pc.choose(pa.array(form), *forms), ~has_sms)
