"""The exported files as the rows that count: newest versions, without repetitions, old and new column names alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]

ACTIVITY_IDENTITY = (
    *("contactId", "messageInstanceId", "broadcastId", "workflowInstanceId"),
    *("activityStatus", "activityDateTime", "clickEventLink"),
)
REVENUE_IDENTITY = ("orderId", "contactId", "messageInstanceId", "activityStatus", "activityDateTime")


@dataclass(frozen=True)
class Activity:
    """One thing that happened to one message sent to one contact."""

    contact_id: int | None
    instance_id: int | None
    broadcast_id: int | None
    workflow_id: str | None
    workflow_instance_id: str | None
    block_id: str | None
    message_id: int | None
    language: str | None
    activity_type: str
    channel: str
    at: datetime
    link: str | None
    description: str | None
    tags: str | None


@dataclass(frozen=True)
class Order:
    """One order; `total` in its own currency."""

    order_id: int
    external_order_id: str | None
    contact_id: int | None
    email: str | None
    status: str
    at: datetime
    total: Decimal
    discount: Decimal
    phone: str | None
    first_name: str | None
    last_name: str | None
    delivery_method: str | None
    payment_method: str | None


@dataclass(frozen=True)
class Account:
    """Everything the two tables are made of."""

    contacts: list[Row]
    activities: list[Activity]
    orders: list[Order]
    items: list[Row]
    revenue: list[Row]
    devices: list[Row]
    broadcasts: list[Row]
    messages: list[Row]
    events: list[Row]


def generations(folder: Path, dataset: str) -> list[list[Row]]:
    """Rows of a dataset's files, oldest generation first.

    A file belongs to the dataset its name begins with; files that differ in a part number only are one generation,
    others are generations in order of name.
    """
    found: dict[str, list[Row]] = {}
    for path in sorted(folder.rglob("*.parquet")):
        name = path.relative_to(folder).as_posix()
        if re.split(r"[._/-]", name)[0].lower() == dataset.lower():
            generation = re.sub(r"part[-_.]?\d+", "part", name.removesuffix(".parquet"))
            found.setdefault(generation, []).extend(pq.read_table(path).to_pylist())
    return [found[name] for name in sorted(found)]


def newest(by_generation: list[list[Row]], key: Callable[[Row], Hashable | None]) -> list[Row]:
    """Replaced datasets: of a key only the rows of the latest generation that has it; rows without a key all stay."""
    latest: dict[Hashable, int] = {}
    for number, rows in enumerate(by_generation):
        latest.update({value: number for row in rows if (value := key(row)) is not None})
    return [
        row
        for number, rows in enumerate(by_generation)
        for row in rows
        if (value := key(row)) is None or latest[value] == number
    ]


def distinct(rows: Iterable[Row], identity: tuple[str, ...], read: tuple[str, ...] = ()) -> list[Row]:
    """One row per identity, nulls counting as values.

    Two rows of one identity may differ in columns that nothing reads. Where they differ in one that is read, no
    definition says which of them stands: a `ValueError`.
    """
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        first = kept.setdefault(tuple(row.get(column) for column in identity), row)
        if any(first.get(column) != row.get(column) for column in read):
            raise ValueError(f"one identity, two contents: {first} and {row}")
    return list(kept.values())


def renamed(row: Row, **replaced: str) -> Row:
    """The row under its new column names: an older name's value where the new name has none."""
    values = {name: value for name, value in row.items() if name not in replaced.values()}
    for new, old in replaced.items():
        values[new] = row[new] if row.get(new) is not None else row.get(old)
    return values


def key_of(*columns: str) -> Callable[[Row], Hashable | None]:
    """The values of the columns together; null where one of them is."""

    def key(row: Row) -> Hashable | None:
        values = tuple(row.get(column) for column in columns)
        return None if None in values else values

    return key


def revenue_set(row: Row) -> Hashable | None:
    """Revenue rows go by orderId, those without it by externalOrderId."""
    if row.get("orderId") is not None:
        return ("id", row["orderId"])
    return None if row.get("externalOrderId") is None else ("external", row["externalOrderId"])


def activity_type(status: str | None) -> str:
    """Activity types: OPENED is raw RECEIVED or READ; what is unknown is OTHER."""
    status = (status or "").strip().upper()
    if status in ("RECEIVED", "READ"):
        return "OPENED"
    known = ("DELIVERED", "UNDELIVERED", "CLICKED", "UNSUBSCRIBED", "SPAM", "SUBSCRIPTION_CHANGED", "PUSH_SUBSCRIBED")
    return status if status in known else "OTHER"


def channel(media_type: str | None) -> str:
    """Channels: media types in any case or spelling."""
    spelling = re.sub(r"[^a-z]", "", (media_type or "").lower())
    codes = ("email", "sms", "viber", "web_push", "mobile_push", "app_inbox", "in_app", "widget", "telegram")
    return {code.replace("_", ""): code for code in codes}.get(spelling, "other")


def order_status(status: str | None) -> str:
    """Order statuses: any case, blanks and underscores alike, CANCELED and CANCELLED are one."""
    spelling = re.sub(r"[\s_]+", "_", (status or "").strip().lower())
    names = {"canceled": "cancelled", "abandoned_shopping_cart": "abandoned_cart"}
    known = ("initialized", "in_progress", "delivered", "cancelled", "abandoned_cart")
    spelling = names.get(spelling, spelling)
    return spelling if spelling in known else "other"


def read_account(folder: Path, as_of: datetime) -> Account:
    """The account's rows up to `as_of`; what the platform overwrites stays as it is in the files."""

    def happened(moment: datetime | None) -> bool:
        return moment is not None and moment <= as_of

    activities = distinct(
        (
            renamed(row, activityStatus="activity", activityDateTime="started", statusDescription="errorCode")
            for rows in generations(folder, "contactActivities")
            for row in rows
        ),
        ACTIVITY_IDENTITY,
        (
            *("mediaType", "statusDescription", "messageTags"),
            *("messageId", "messageLanguageCode", "workflowId", "workflowBlockId"),
        ),
    )
    orders = distinct(
        newest(generations(folder, "orders"), key_of("orderId")), ("orderId",), ("Status", "totalCost", "orderDate")
    )
    revenue = distinct(
        (
            renamed(row, activityStatus="activity", activityDateTime="started")
            for row in newest(generations(folder, "revenue"), revenue_set)
        ),
        REVENUE_IDENTITY,
        ("externalOrderId", "broadcastId", "currency"),
    )
    return Account(
        contacts=distinct(
            newest(generations(folder, "contacts"), key_of("contactId")), ("contactId",), ("email", "sms")
        ),
        activities=[_activity(row) for row in activities if happened(row["activityDateTime"])],
        # Equal lines of an order are several lines.
        items=newest(generations(folder, "orderItems"), key_of("orderId")),
        orders=[_order(row) for row in orders if happened(row["orderDate"])],
        revenue=revenue,
        devices=distinct(
            newest(generations(folder, "devices"), key_of("deviceId", "applicationId")), ("deviceId", "applicationId")
        ),
        broadcasts=distinct(newest(generations(folder, "broadcasts"), key_of("id")), ("id", "groupId")),
        messages=distinct(newest(generations(folder, "messages"), key_of("messageId")), ("messageId",), ("name",)),
        events=[row for rows in generations(folder, "events") for row in rows if happened(row["occured"])],
    )


def _activity(row: Row) -> Activity:
    return Activity(
        contact_id=row["contactId"],
        instance_id=row.get("messageInstanceId"),
        broadcast_id=row.get("broadcastId"),
        workflow_id=row.get("workflowId"),
        workflow_instance_id=row.get("workflowInstanceId"),
        block_id=row.get("workflowBlockId"),
        message_id=row.get("messageId"),
        language=row.get("messageLanguageCode"),
        activity_type=activity_type(row["activityStatus"]),
        channel=channel(row.get("mediaType")),
        at=row["activityDateTime"].astimezone(UTC),
        link=row.get("clickEventLink"),
        description=row.get("statusDescription"),
        tags=row.get("messageTags"),
    )


def _order(row: Row) -> Order:
    return Order(
        order_id=row["orderId"],
        external_order_id=row.get("externalOrderId"),
        contact_id=row.get("contactId"),
        email=row.get("email"),
        status=order_status(row.get("Status")),
        at=row["orderDate"].astimezone(UTC),
        total=Decimal(str(row["totalCost"] or 0)),
        discount=Decimal(str(row.get("discount") or 0)),
        phone=row.get("Phone"),
        first_name=row.get("firstName"),
        last_name=row.get("lastName"),
        delivery_method=row.get("deliveryMethod"),
        payment_method=row.get("paymentMethod"),
    )
