"""Daily metrics that behave unlike themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from .raw import Account
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
