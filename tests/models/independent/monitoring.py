"""Daily metrics that behave unlike themselves."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from .purchases import rounded
from .raw import (
    ACTIVITY_IDENTITY,
    REVENUE_IDENTITY,
    Account,
    Row,
    activity_type,
    distinct,
    generations,
    key_of,
    newest,
    order_status,
    renamed,
    revenue_set,
)
from .sales import Sale, days_from, total, valid
from .sales_reports import Rows, grouped
from .sends import Send, reports_opens, sends
from .settings import Settings, seed

JUDGED_DAYS, YOUNGEST = 28, 2
COUNTS = ("sends", "orders", "revenue")


@dataclass(frozen=True)
class Point:
    """A metric's value on a day, and the volume behind it."""

    value: float
    volume: int


Series = dict[date, Point]


def of_the_first_day(send: Send) -> Send:
    """Rates of a send day count what happened within 24 hours of the send."""
    until = send.at + timedelta(hours=24)
    return Send(send.key, tuple(activity for activity in send.activities if activity.at <= until), send.settings)


def send_series(account: Account, settings: Settings) -> dict[tuple[str, str], Series]:
    """The metrics of each channel: counts on every day since its first, rates on days that have a denominator."""
    found: dict[tuple[str, str], Series] = {}
    today = settings.day(settings.as_of)
    for channel, own in grouped(sends(account.activities, settings), lambda send: send.channel).items():
        by_day = grouped([of_the_first_day(send) for send in own], lambda send: settings.day(send.at))
        days = days_from(min(by_day), today)
        found["sends", channel] = {day: Point(len(by_day.get(day, [])), len(by_day.get(day, []))) for day in days}
        for day, sent in by_day.items():
            delivered = sum(bool(send.deliveries) for send in sent)
            found.setdefault(("delivery_rate", channel), {})[day] = Point(delivered / len(sent), len(sent))
            happened = {
                "open_rate": sum(bool(send.opens) for send in sent) if reports_opens(channel) else None,
                "click_rate": sum(bool(send.clicks) for send in sent),
                "unsubscribe_rate": sum(bool(send.of_type("UNSUBSCRIBED")) for send in sent),
                "complaint_rate": sum(bool(send.of_type("SPAM")) for send in sent),
            }
            for metric, count in happened.items():
                if count is not None and delivered:
                    found.setdefault((metric, channel), {})[day] = Point(count / delivered, delivered)
    return found


def order_series(found: list[Sale], settings: Settings) -> dict[tuple[str, str], Series]:
    """Orders and revenue on every day since the first valid order."""
    by_day = grouped(valid(found), lambda sale: sale.day)
    orders, revenue = {}, {}
    for day in days_from(min(by_day), settings.day(settings.as_of)):
        placed = by_day.get(day, [])
        own = [sale for sale in placed if sale.currency == settings.account_currency]
        orders[day] = Point(len(placed), len(placed))
        revenue[day] = Point(float(total(own)), len(placed))
    return {("orders", "all"): orders, ("revenue", "all"): revenue}


def metric_anomalies(account: Account, found: list[Sale], settings: Settings) -> Rows:
    """By metric, channel and day of the four weeks that end two days before as_of."""
    rules = {row["metric"]: row for row in seed("anomaly_rules")}
    newest = settings.day(settings.as_of) - timedelta(days=YOUNGEST)
    rows: Rows = {}
    for (metric, channel), series in {**send_series(account, settings), **order_series(found, settings)}.items():
        floor, least = float(rules[metric]["floor"]), int(rules[metric]["min_volume"])
        for day, point in series.items():
            if not newest - timedelta(days=JUDGED_DAYS) < day <= newest:
                continue
            before = [series[past] for weeks in range(1, 9) if (past := day - timedelta(weeks=weeks)) in series]
            middle = median(one.value for one in before) if before else None
            spread = threshold = None
            if middle is not None:
                spread = median(abs(one.value - middle) for one in before)
                threshold = 3.5 * max(1.4826 * spread, floor)
            volume = float(point.volume)
            if metric in COUNTS and before:
                volume = max(volume, median(one.volume for one in before))
            judged = len(before) >= 4 and volume >= least
            is_anomalous = None
            if judged and middle is not None and threshold is not None:
                is_anomalous = int(abs(point.value - middle) > threshold)
            rows[metric, channel, day] = {
                "volume": point.volume,
                "metric_value": point.value,
                "usual_days": len(before),
                "median_value": middle,
                "mad": spread,
                "threshold": threshold,
                "is_anomalous": is_anomalous,
            }
    return rows


#: Of each dataset the identity of a row, its time, and what it may belong to.
DATASETS: dict[str, tuple[tuple[str, ...], str | None, str | None]] = {
    "broadcasts": (("id", "groupId"), "updatedDate", None),
    "contactActivities": (ACTIVITY_IDENTITY, "activityDateTime", "contactId"),
    "contacts": (("contactId",), "createdDate", None),
    "devices": (("deviceId", "applicationId"), None, "contactId"),
    "events": (("eventId", "day"), "occured", "contactId"),
    "messages": (("messageId",), "updateDate", None),
    # Equal lines of an order are several lines.
    "orderItems": ((), "orderDate", "orderId"),
    "orders": (("orderId",), "orderDate", "contactId"),
    "revenue": (REVENUE_IDENTITY, "activityDateTime", "contactId"),
}
#: What newer rows take the place of.
REPLACED: dict[str, Callable[[Row], Hashable | None]] = {
    "broadcasts": key_of("id"),
    "contacts": key_of("contactId"),
    "devices": key_of("deviceId", "applicationId"),
    "messages": key_of("messageId"),
    "orderItems": key_of("orderId"),
    "orders": key_of("orderId"),
    "revenue": revenue_set,
}


def data_health(folder: Path, as_of: datetime, loaded_at: datetime) -> Rows:
    """By dataset, as it lies in the files: what is repeated, replaced, orphaned, unknown or without a send.

    One load took all files, which ended at `loaded_at`.
    """
    rows: Rows = {}
    parents = {
        "contactId": {row["contactId"] for row in _all(folder, "contacts")},
        "orderId": {row["orderId"] for row in _all(folder, "orders")},
    }
    for dataset, (identity, time, parent) in DATASETS.items():
        everything = _all(folder, dataset)
        raw = newest(generations(folder, dataset), REPLACED.get(dataset, lambda row: None))
        raw = [_tidy(dataset, row) for row in raw]
        once = distinct(raw, identity) if identity else raw
        times = [] if time is None else [row[time] for row in once if row[time] is not None and row[time] <= as_of]
        latest = max(times, default=None)
        age = None if latest is None else (as_of - latest) / timedelta(hours=1)
        orphans, unknown, unsent = None, None, None
        if parent is not None:
            orphans = sum(row.get(parent) is not None and row[parent] not in parents[parent] for row in once)
        if dataset == "contactActivities":
            unsent = sum(row.get("messageInstanceId") is None for row in once)
            unknown = sum(activity_type(row["activityStatus"]) == "OTHER" for row in once)
        if dataset == "orders":
            unknown = sum(order_status(row.get("Status")) == "other" for row in once)
        rows[dataset,] = {
            "raw_rows": len(raw),
            "staged_rows": len(once),
            "duplicates_removed": len(raw) - len(once),
            "latest_row_at": latest,
            "freshness_hours": rounded(age, 1),
            "loads": 1,
            "last_load_at": loaded_at,
            "rows_superseded": len(everything) - len(raw),
            "rows_rejected": 0,
            "orphan_rows": orphans,
            "rows_without_message_instance": unsent,
            "unknown_statuses": unknown,
        }
    return rows


def loads(folder: Path, load_id: str, loaded_at: datetime) -> Rows:
    """By dataset and load, of which there was one."""
    rows: Rows = {}
    for dataset in DATASETS:
        read = len(_all(folder, dataset))
        kept = len(newest(generations(folder, dataset), REPLACED.get(dataset, lambda row: None)))
        rows[dataset, load_id] = {
            "loaded_at": loaded_at,
            "hours_since_load_before": None,
            "files_loaded": len(list(folder.glob(f"{dataset}[._]*"))),
            "rows_read": read,
            "rows_loaded": kept,
            "rows_superseded": read - kept,
            "rows_rejected": 0,
            "rejected_rate": 0.0 if read else None,
        }
    return rows


def _all(folder: Path, dataset: str) -> list[Row]:
    return [row for rows in generations(folder, dataset) for row in rows]


def _tidy(dataset: str, row: Row) -> Row:
    """The row under its new names, and with the UTC day that an event is one within."""
    if dataset in ("contactActivities", "revenue"):
        return renamed(row, activityStatus="activity", activityDateTime="started")
    return {**row, "day": row["occured"].astimezone(UTC).date()} if dataset == "events" else row
