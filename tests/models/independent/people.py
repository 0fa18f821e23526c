"""Who is who: the contact key, and the contacts that are one person."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .raw import Account, Order, Row
from .settings import Settings

LONG_AGO = datetime.min.replace(tzinfo=UTC)
KEY_COLUMNS = {
    "email": "email",
    "sms": "sms",
    "external_customer_id": "externalCustomerId",
    "contact_id": "contactId",
}


@dataclass(frozen=True)
class Person:
    """One key value and its contacts; `last_seen` is the contact that gives the attributes."""

    key: Any
    contact_ids: frozenset[int]
    last_seen: Row


def normalised(kind: str, value: Any) -> Any:
    """Email trimmed, lower case; sms digits only; contact_id as it is; others trimmed text; empty becomes null."""
    if value is None or kind == "contact_id":
        return value
    text = str(value).strip()
    if kind == "email":
        text = text.lower()
    if kind == "sms":
        text = re.sub(r"\D", "", text)
    return text or None


def seen_last(contact: Row) -> tuple[datetime, int]:
    """Greatest of created, last sent, last click; then highest contact_id."""
    times = (contact.get(name) for name in ("createdDate", "lastSentDate", "lastClickedDate"))
    return max((time for time in times if time is not None), default=LONG_AGO), contact["contactId"]


def people(account: Account, settings: Settings) -> dict[Any, Person]:
    """One person = one key value; contacts created after as_of are not there yet."""
    contacts_of: dict[Any, list[Row]] = defaultdict(list)
    for contact in account.contacts:
        key = normalised(settings.contact_key, contact.get(KEY_COLUMNS.get(settings.contact_key, settings.contact_key)))
        created = contact.get("createdDate")
        if key is not None and (created is None or created <= settings.as_of):
            contacts_of[key].append(contact)
    return {
        key: Person(key, frozenset(contact["contactId"] for contact in contacts), max(contacts, key=seen_last))
        for key, contacts in contacts_of.items()
    }


def key_by_contact(persons: dict[Any, Person]) -> dict[int, Any]:
    return {contact_id: person.key for person in persons.values() for contact_id in person.contact_ids}


def owner(order: Order, keys: dict[int, Any], persons: dict[Any, Person], settings: Settings) -> Any:
    """An order belongs to the person of its contact_id; where that is null and the key is email, of its e-mail."""
    if order.contact_id is not None:
        return keys.get(order.contact_id)
    if settings.contact_key != "email":
        return None
    email = normalised("email", order.email)
    return email if email in persons else None
