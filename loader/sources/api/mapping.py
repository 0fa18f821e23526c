"""The one table that says which field of the API becomes which column of the export, and how its values are spelled.

Times stay text: they are typed with all other values, in the platform's zone. A field that no entry names is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

#: Statuses that the API spells differently than the export; all others are the same in capitals.
STATUSES = {"READ": "RECEIVED", "OPENED": "RECEIVED"}
#: Media types: the API writes them in lower case.
MEDIA_TYPES = {
    "email": "Email",
    "sms": "Sms",
    "viber": "Viber",
    "webpush": "WebPush",
    "mobilepush": "MobilePush",
    "appinbox": "AppInbox",
    "inapp": "In-App",
    "in-app": "In-App",
    "widget": "Widget",
    "telegram": "Telegram",
}
#: Values by which a second that is full is asked for piece by piece.
API_MEDIA_TYPES = ("email", "sms", "viber", "webpush", "mobilepush", "appinbox", "inapp", "widget", "telegram")
API_STATUSES = (
    *("DELIVERED", "UNDELIVERED", "READ", "CLICKED", "UNSUBSCRIBED", "SPAM", "SUBSCRIPTION_CHANGED"),
    "PUSH_SUBSCRIBED",
)
#: Channels that have a list of messages of their own, as its address spells them.
MESSAGE_CHANNELS = ("email", "sms", "viber", "mobilepush", "appinbox", "telegram")


def _status(value: Any) -> Any:
    text = str(value).upper() if value else None
    return STATUSES.get(text, text) if text else None


def _media_type(value: Any) -> Any:
    return MEDIA_TYPES.get(str(value).lower(), value) if value else None


def _listed(value: Any) -> Any:
    """A list as the export writes it: its texts (or the names of its objects) with commas between them."""
    if isinstance(value, list):
        texts = [str(item.get("name", "") if isinstance(item, dict) else item) for item in value]
        return ",".join(text for text in texts if text) or None
    return None if value == "" else value


@dataclass(frozen=True)
class Entry:
    """One column: the API's names for it (the first that is filled counts) and how its values are spelled.

    Without a spelling they stay as they come; an empty text is no value in either case.
    """

    column: str
    names: tuple[str, ...]
    spelled: Callable[[Any], Any] | None = None


Table = Mapping[str, Entry]


def _same(*names: str) -> tuple[Entry, ...]:
    return tuple(Entry(name, (name,)) for name in names)


def _table(*entries: Entry) -> Table:
    """The entries by the API's names."""
    return {name: entry for entry in entries for name in entry.names}


ACTIVITIES = _table(
    Entry("activityStatus", ("activityStatus",), _status),
    Entry("mediaType", ("mediaType",), _media_type),
    Entry("messageTags", ("messageTags", "messageTag"), _listed),
    Entry("messageURL", ("viewMessageLink",)),
    Entry("eventKey", ("sourceEventKey",)),
    Entry("eventTypeKey", ("sourceEventTypeKey",)),
    *_same("activityDateTime", "broadcastId", "clickEventLink", "contactId", "externalCustomerId", "iid"),
    *_same("messageId", "messageInstanceId", "messageLanguageCode", "messageName", "statusDescription"),
    *_same("workflowId", "workflowInstanceId", "workflowBlockId"),
    # Fields that the export has; where the API gives them too, they fit.
    *_same("eventId", "osName", "osType", "senderName", "utmCampaign"),
)

CONTACTS = _table(
    Entry("contactId", ("id",)),
    Entry("createdDate", ("createdDate", "created")),
    *_same("contactSource", "emailStatus", "externalCustomerId", "firstName", "lastName", "languageCode"),
    *_same("lastClickedDate", "lastReceivedDate", "lastSentDate", "lastViewedDate"),
    *_same("totalClicked", "totalReceived", "totalSent", "totalViewed"),
)
#: Channels of a contact that are columns: the first value of each counts.
CONTACT_CHANNELS = ("email", "sms")

MESSAGES = _table(
    Entry("messageId", ("id",)),
    Entry("sender", ("from", "sender")),
    Entry("language", ("language", "languageCode")),
    Entry("tags", ("tags",), _listed),
    Entry("translations", ("translations", "languages"), _listed),
    Entry("updateDate", ("updateDate", "updatedDate", "updated")),
    *_same("annoyanceLevel", "name", "replyTo", "subject"),
)

BROADCASTS = _table(
    Entry("createdDate", ("createdDate", "created")),
    Entry("startedDate", ("startedDate", "started")),
    Entry("updatedDate", ("updatedDate", "updated")),
    Entry("mediaType", ("mediaType", "type"), _media_type),
    Entry("status", ("status",), _status),
    *_same("id", "messageId", "name"),
)
#: Where a broadcast says which segments it went to: a list of objects or ids, or one id.
BROADCAST_GROUPS = ("groups", "groupIds", "groupId")

SEGMENTS = _table(Entry("segmentId", ("id",)), *_same("name", "type"))


def mapped(item: Mapping[str, Any], table: Table) -> Row:
    """The columns of one object; those without a value are left out."""
    row: Row = {}
    for name, value in item.items():
        if value is None or value == "" or (entry := table.get(name)) is None:
            continue
        if entry.spelled is not None and (value := entry.spelled(value)) is None:
            continue
        # Of several names for a column the first in the table counts, wherever it stands in the answer.
        if entry.column not in row or entry.names[0] == name:
            row[entry.column] = value
    return row


def activity(item: Mapping[str, Any]) -> Row:
    """A row of `contactActivities`. The API does not tell the kind of campaign, but it follows from the broadcast."""
    row = mapped(item, ACTIVITIES)
    if "broadcastId" in row:
        row["campaignType"] = "Group"
    elif "messageId" in row or "messageInstanceId" in row:
        row["campaignType"] = "IM"
    return row


def contact(item: Mapping[str, Any], field_names: Mapping[str, str]) -> Row:
    """A row of `contacts`, additional fields under the column names that `additional_fields` gives."""
    row = mapped(item, CONTACTS)
    for channel in item.get("channels") or ():
        kind, value = channel.get("type"), channel.get("value")
        if kind in CONTACT_CHANNELS and value:
            row.setdefault(kind, value)
    if "@" in str(row.get("email", "")):
        row["emailDomain"] = str(row["email"]).rpartition("@")[2].strip().lower()
    for field in item.get("fields") or ():
        name, value = field_names.get(str(field.get("id")), f"field_{field.get('id')}"), _listed(field.get("value"))
        if value is not None:
            row[name] = str(value)
    return row


def message(item: Mapping[str, Any], channel: str) -> Row:
    """A row of `messages`, out of the list of its channel."""
    return {"mediaType": _media_type(channel), **mapped(item, MESSAGES)}


def broadcast(item: Mapping[str, Any]) -> list[Row]:
    """The rows of `broadcasts`: one for each segment, or a single one where the answer names none."""
    row = mapped(item, BROADCASTS)
    found: Any = next((item[name] for name in BROADCAST_GROUPS if item.get(name)), [])
    groups = found if isinstance(found, list) else [found]
    ids = [group.get("id") if isinstance(group, dict) else group for group in groups]
    return [{**row, "groupId": number} for number in ids if number is not None] or [row]


def additional_fields(catalogues: Iterable[Any], taken: Iterable[str]) -> dict[str, str]:
    """Column names of additional contact fields by their ids, as texts.

    Args:
        catalogues: answers of the calls that list the fields, however they are nested.
        taken: names of the contract's columns. A field that is called like one of them, or like another field, gets
            its id behind its name.

    """
    names: dict[str, str] = {}
    for catalogue in catalogues:
        for number, name in _fields(catalogue):
            names.setdefault(number, name)
    used = {name.lower() for name in taken}
    for number, name in sorted(names.items()):
        if name.lower() in used:
            names[number] = f"{name}_{number}"
        used.add(names[number].lower())
    return names


def _fields(body: Any, inside: bool = False) -> Iterator[tuple[str, str]]:
    """Ids and names of the objects that stand in a list called `fields`, or in the answer's own list."""
    if isinstance(body, list):
        for item in body:
            yield from _fields(item, inside)
    elif isinstance(body, dict):
        if inside and body.get("id") is not None and body.get("name"):
            yield str(body["id"]), str(body["name"])
        for name, value in body.items():
            if isinstance(value, list | dict):
                yield from _fields(value, name in ("fields", "additionalFields"))


def unknown_fields(item: Mapping[str, Any], table: Table, left_out: frozenset[str]) -> set[str]:
    """Names in an answer that neither the table nor the list of what is left out knows."""
    return set(item) - set(table) - left_out


#: Fields of activities that the export has no column for: addresses and tokens, and what other fields say already.
ACTIVITIES_LEFT_OUT = frozenset(
    {"email", "sms", "webPushToken", "mobPushToken", "hardBounce", "statusData", "externalRequestId", "offset"}
)
