"""What the fake platform holds: the demo account, turned into the API's objects, and the truth about it.

The way from the export's columns to the API's fields is written here on its own, not taken from the loader.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import timegm
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from loader.sources.demo import DemoSettings, export_demo

Object = dict[str, Any]

FIELD_IDS = {"city": 9001, "loyaltyLevel": 9002, "birthday": 9003, "shoeSize": 9004}
#: Columns that tell two activities apart, as the platform's documentation has them.
IDENTITY = (
    *("contactId", "messageInstanceId", "broadcastId", "workflowInstanceId", "activityStatus", "activityDateTime"),
    "clickEventLink",
)
CHANNELS = {"email": "email", "sms": "sms", "viber": "viber", "mobilepush": "mobilepush"}
CHANNELS |= {"appinbox": "appinbox", "telegram": "telegram"}


@dataclass
class FakeAccount:
    """Objects as the API gives them.

    Attributes:
        activities: sorted by time; `moments` has the times, seconds since 1970, UTC.
        contacts, groups: in the order of the lists.
        members: contact ids by group.
        export_rows: the activities as the export would have them, each once.

    """

    contacts: list[Object] = field(default_factory=list)
    activities: list[Object] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)
    messages: dict[str, list[Object]] = field(default_factory=dict)
    broadcasts: dict[int, Object] = field(default_factory=dict)
    groups: list[Object] = field(default_factory=list)
    members: dict[int, list[int]] = field(default_factory=dict)
    export_rows: list[Object] = field(default_factory=list)
    export_contacts: list[Object] = field(default_factory=list)

    def add_activity(self, row: Object) -> None:
        """Adds an activity, given as the export has it, times in UTC."""
        moment = timegm(row["activityDateTime"].timetuple())
        self.export_rows.append(row)
        self.moments.append(moment)
        self.activities.append(_activity(row))

    def settle(self) -> None:
        """Puts the activities in order of time."""
        order = sorted(range(len(self.moments)), key=self.moments.__getitem__)
        self.moments = [self.moments[place] for place in order]
        self.activities = [self.activities[place] for place in order]

    def forget_before(self, day: date) -> None:
        """Leaves out older activities."""
        first = bisect_left(self.moments, timegm(day.timetuple()))
        self.moments, self.activities = self.moments[first:], self.activities[first:]
        self.export_rows = [row for row in self.export_rows if row["activityDateTime"].date() >= day]


def demo_account(folder: Path, end: date, contacts: int = 100, days: int = 60, seed: int = 1) -> FakeAccount:
    """The demo account as the API would give it."""
    export_demo(folder, DemoSettings(end=end, contacts=contacts, days=days, seed=seed), "parquet")
    account = FakeAccount()
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")

        def rows(query: str) -> list[Object]:
            found = connection.execute(query)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        source = f"read_parquet('{folder}/contactActivities_*.parquet', union_by_name = true)"
        renamed = (
            f"select * replace (coalesce(activityStatus, activity) as activityStatus,"
            f" coalesce(activityDateTime, started) as activityDateTime,"
            f" coalesce(statusDescription, errorCode) as statusDescription) from {source}"
        )
        number = f"row_number() over (partition by {', '.join(IDENTITY)} order by messageName)"
        once = f"select * from ({renamed}) qualify {number} = 1"
        for row in rows(once):
            account.add_activity(row)
        account.settle()
        newest = f"select distinct on (contactId) * from read_parquet('{folder}/contacts.parquet') order by contactId"
        for row in rows(newest):
            account.export_contacts.append(row)
            account.contacts.append(_contact(row))
        for row in rows(f"select * from read_parquet('{folder}/messages.parquet') order by messageId"):
            channel = str(row["mediaType"]).lower().replace("_", "").replace(" ", "").replace("-", "")
            account.messages.setdefault(channel, []).append(_message(row))
        for row in rows(f"select * from read_parquet('{folder}/broadcasts.parquet') order by id, groupId"):
            broadcast = account.broadcasts.setdefault(row["id"], _broadcast(row))
            broadcast["groups"].append({"id": row["groupId"]})
    ids = [contact["id"] for contact in account.contacts]
    groups = sorted({group["id"] for item in account.broadcasts.values() for group in item["groups"]})
    for place, number in enumerate(groups):
        account.groups.append({"id": number, "name": f"Segment {number}", "type": "Static" if place % 2 else "Dynamic"})
        account.members[number] = ids[place :: len(groups)] if place else []
    return account


def spelled(moment: datetime) -> str:
    """A time as the API writes it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _filled(item: Object) -> Object:
    return {name: value for name, value in item.items() if value is not None}


def _activity(row: Object) -> Object:
    status = "READ" if row["activityStatus"] == "RECEIVED" else row["activityStatus"]
    return _filled(
        {
            "iid": row["iid"],
            "contactId": row["contactId"],
            "email": "somebody@shop.example",
            "mediaType": str(row["mediaType"]).lower().replace("_", "").replace(" ", "").replace("-", ""),
            "activityStatus": status,
            "messageId": row["messageId"],
            "messageInstanceId": row["messageInstanceId"],
            "messageName": row["messageName"],
            "activityDateTime": spelled(row["activityDateTime"]),
            "clickEventLink": row["clickEventLink"],
            "messageTag": row["messageTags"],
            "workflowId": row["workflowId"],
            "workflowBlockId": row["workflowBlockId"],
            "workflowInstanceId": row["workflowInstanceId"],
            "broadcastId": row["broadcastId"],
            "hardBounce": False,
            "statusDescription": row["statusDescription"],
            "externalCustomerId": row["externalCustomerId"],
            "messageLanguageCode": row["messageLanguageCode"],
            "viewMessageLink": row["messageURL"],
            "sourceEventKey": row["eventKey"],
            "sourceEventTypeKey": row["eventTypeKey"],
        }
    )


def _contact(row: Object) -> Object:
    channels = [{"type": name, "value": row[name]} for name in ("email", "sms") if row[name]]
    extra = [{"id": number, "value": row[name]} for name, number in FIELD_IDS.items() if row[name] is not None]
    return _filled(
        {
            "id": row["contactId"],
            "firstName": row["firstName"],
            "lastName": row["lastName"],
            "channels": channels,
            "fields": extra,
            "externalCustomerId": row["externalCustomerId"],
            "languageCode": row["languageCode"],
            "addressBookId": 1,
            "address": {"town": row["city"]},
            "groups": [],
        }
    )


def _message(row: Object) -> Object:
    return _filled(
        {
            "id": row["messageId"],
            "name": row["name"],
            "from": row["sender"],
            "subject": row["subject"],
            "tags": row["tags"].split(",") if row["tags"] else [],
            "languageCode": row["language"],
        }
    )


def _broadcast(row: Object) -> Object:
    times = {name: spelled(row[name]) for name in ("createdDate", "startedDate", "updatedDate") if row[name]}
    named = {name: row[name] for name in ("id", "messageId", "name", "status")}
    return {**named, **times, "mediaType": str(row["mediaType"]).lower(), "groups": []}


def catalogue() -> Object:
    """The answer of `GET /v1/addressbooks`."""
    listed = [{"id": number, "name": name, "type": "text"} for name, number in FIELD_IDS.items()]
    return {"addressBook": {"addressBookId": 1, "name": "Main", "fieldGroups": [{"name": "Shop", "fields": listed}]}}


def identities(rows: Iterable[Object]) -> set[tuple[Any, ...]]:
    """What the raw table must hold: the identity of each activity, times as seconds since 1970."""
    return {
        tuple(timegm(row[name].timetuple()) if name == "activityDateTime" else row[name] for name in IDENTITY)
        for row in rows
    }
