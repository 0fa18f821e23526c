"""What the reports of sends should hold, each as rows by the values of its grain."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from fnmatch import fnmatchcase
from math import sqrt
from statistics import NormalDist, median
from typing import Any

from .attribution import Credit, credited_revenue
from .people import Person, key_by_contact, normalised
from .purchases import order_currency, rounded
from .raw import Account, Activity
from .reachability import bounce_class
from .report import conversion_rates, per_delivered, ratio, report_credits, send_numbers, telling_numbers
from .sales import places
from .sales_reports import Rows, grouped
from .sends import Send, sends
from .settings import Settings


class SendReports:
    """The sends of an account up to as_of, and the reports that count them."""

    def __init__(self, account: Account, persons: dict[Any, Person], settings: Settings) -> None:
        self.account, self.persons, self.settings = account, persons, settings
        self.sends = sends(account.activities, settings)
        self.keys = key_by_contact(persons)
        self.names = {message["messageId"]: message["name"] for message in account.messages}

    def channel_daily(self) -> Rows:
        """By the day of the send and channel."""
        groups = grouped(self.sends, lambda send: (self.settings.day(send.at), send.channel))
        return {key: send_numbers(own) for key, own in groups.items()}

    def send_time(self) -> Rows:
        """Delivered sends by channel, weekday (Monday is 1) and hour, without those known only by an open or click."""
        cells: dict[Any, list[Send]] = defaultdict(list)
        for send in self.sends:
            if send.deliveries and (sent := send.of_type("DELIVERED", "UNDELIVERED")):
                local = sent[0].at.astimezone(self.settings.zone)
                cells[send.channel, local.isoweekday(), local.hour].append(send)
        return {
            cell: {"delivered": len(own), "engaged": (engaged := sum(send.engaged_by_human for send in own))}
            | _share("engagement_rate", engaged, len(own))
            for cell, own in cells.items()
        }

    def deliverability(self) -> Rows:
        """E-mail by day, domain of the contact's address and class of the last failure of those that bounced."""
        addresses = {
            contact_id: normalised("email", contact.get("email"))
            for contact in self.account.contacts
            if (created := contact.get("createdDate")) is None or created <= self.settings.as_of
            for contact_id in [contact["contactId"]]
        }
        explained = []
        for send in self.sends:
            if send.channel != "email":
                continue
            _, at, domain = (addresses.get(send.contact_id) or "").partition("@")
            failures = send.of_type("UNDELIVERED") if send.bounced else []
            last = max(failures, key=lambda row: (row.at, row.description or ""), default=None)
            kind = bounce_class(last.description) if last else "none"
            text = last.description if last else None
            explained.append((self.settings.day(send.at), domain if at else "unknown", kind, text, send))
        totals = Counter((day, domain) for day, domain, *_ in explained)
        rows: Rows = {}
        for key, group in grouped(explained, lambda one: one[:3]).items():
            texts = Counter(text for _, _, _, text, _ in group if text is not None)
            rows[key] = {
                "sends": len(group),
                "delivered": sum(bool(send.deliveries) for *_, send in group),
                "domain_sends": totals[key[:2]],
                "share_of_domain": len(group) / totals[key[:2]],
                "commonest_text": min(texts, key=lambda text: (-texts[text], text), default=None),
            }
        return rows

    def message_performance(self) -> Rows:
        """By message, language and channel; a credit has the language of the sends that it names."""
        model, credits = report_credits(self.account, self.sends, self.persons, self.settings)
        currency = order_currency(self.account, self.settings)
        by_name = grouped(self.sends, lambda send: send.key[:3])
        message_of_instance: dict[int | None, int | None] = {}
        for send in sorted(self.sends, key=lambda send: send.message_id or 0):
            message_of_instance[send.key[1]] = send.message_id

        def place(credit: Credit) -> Any:
            named = by_name.get((credit.contact_id, credit.instance_id, credit.broadcast_id), [])
            languages = [send.language for send in named if send.language is not None]
            message = credit.send.message_id if credit.send else message_of_instance.get(credit.instance_id)
            return message, max(languages, default="unknown"), credit.channel

        sent = grouped(self.sends, lambda send: (send.message_id, send.language or "unknown", send.channel))
        earned = grouped(credits, place)
        rows: Rows = {}
        for key in sent.keys() | earned.keys():
            own, to = sent.get(key, []), earned.get(key, [])
            revenue, delivered = credited_revenue(to, currency, self.settings)
            numbers = send_numbers(own)
            rows[key] = {
                "message_name": self.names.get(key[0]),
                **numbers,
                **conversion_rates(own, credits),
                "orders": float(sum(credit.share for credit in to)),
                "revenue": places(revenue),
                "delivered_revenue": places(delivered),
                "currency": self.settings.account_currency,
                "revenue_per_delivered": per_delivered(revenue, numbers["delivered"]),
                "attribution_model": model,
            }
        return rows

    def workflow_performance(self) -> Rows:
        """By workflow and block; what belongs to a broadcast is the broadcast's."""
        rows: Rows = {}
        triggered = [send for send in self.sends if send.broadcast_id is None and send.workflow_id is not None]
        for workflow, own in grouped(triggered, lambda send: send.workflow_id).items():
            launches = grouped(
                (send for send in own if send.key[3] is not None), lambda send: (send.key[3], _block(send))
            )
            reached = {place: min(send.at for send in group) for place, group in launches.items()}
            began: dict[Any, Any] = {}
            for (launch, _), at in reached.items():
                began[launch] = min(at, began.get(launch, at))
            blocks = grouped(own, _block)
            waits: dict[Any, list[float]] = {block: [] for block in blocks}
            for (launch, block), at in reached.items():
                waits[block].append((at - began[launch]) / timedelta(hours=1))
            launches_of = {block: {launch for launch, of in reached if of == block} for block in blocks}
            order = sorted(blocks, key=lambda block: (not waits[block], median(waits[block] or [0]), block))
            before: set[Any] | None = None
            for number, block in enumerate(order, start=1):
                here = launches_of[block]
                people = {self.keys[send.contact_id] for send in blocks[block] if send.contact_id in self.keys}
                by = min((send.channel for send in blocks[block] if send.channel != "other"), default="other")
                rows[workflow, block] = {
                    "step_number": number,
                    "channel": by,
                    "median_hours_since_start": rounded(median(waits[block]), 2) if waits[block] else None,
                    "workflow_launches": len(began),
                    "launches": len(here),
                    "share_of_launches": ratio(len(here), len(began)),
                    "launches_from_step_before": None if before is None else len(here & before),
                    "drop_off_rate": None if before is None else ratio(len(before - here), len(before)),
                    "people": len(people),
                    **send_numbers(blocks[block]),
                    **telling_numbers(blocks[block]),
                }
                before = here
        return rows

    def link_clicks(self) -> Rows:
        """By message and link without tracking parameters; what happens on a link to unsubscribe is no click."""
        found: dict[Any, dict[str, list[tuple[Send, Activity]]]] = defaultdict(lambda: defaultdict(list))
        for send in self.sends:
            for click in send.of_type("CLICKED"):
                link = self._page(click.link or "")
                found[send.message_id][link or "unknown"].append((send, click))
        rows: Rows = {}
        for message, links in found.items():
            clicked = {send.key for send in self.sends if send.message_id == message and send.clicks}
            for link, clicks in links.items():
                counted = [(send, click) for send, click in clicks if not send.unsubscribes(click)]
                here = {send.key for send, _ in counted}
                human = {send.key for send, click in counted if click in send.human_clicks}
                rows[message, link] = {
                    "message_name": self.names.get(message),
                    "is_unsubscribe_link": int(len(counted) < len(clicks)),
                    "clicks": len(counted),
                    "clicked_sends": len(here),
                    "people": len({self.keys[send.contact_id] for send, _ in counted if send.contact_id in self.keys}),
                    "suspected_clicks": len(here - human),
                    "message_clicked_sends": len(clicked),
                    "share_of_clicked_sends": ratio(len(here), len(clicked)),
                    "unsubscribe_clicks": len(clicks) - len(counted),
                }
        return rows

    def _page(self, link: str) -> str:
        """The link without fragment, and without the parameters whose names a pattern fits in any case."""
        page, _, query = link.strip().split("#")[0].partition("?")
        parameters = [
            parameter
            for parameter in query.split("&")
            if not any(fnmatchcase(parameter.split("=")[0].lower(), name) for name in self.settings.tracking_parameters)
        ]
        kept = "&".join(parameters)
        return f"{page}?{kept}" if kept else page

    def audience_growth(self) -> Rows:
        """Distinct people by day, source and language: who comes, who leaves in each way once, and the net of both."""
        left: dict[Any, dict[str, date]] = defaultdict(dict)
        for activity in sorted(self.account.activities, key=lambda activity: activity.at):
            way = {"UNSUBSCRIBED": "unsubscribed", "SPAM": "complained"}.get(activity.activity_type)
            if activity.activity_type == "UNDELIVERED" and bounce_class(activity.description) == "hard":
                way = "hard_bounced"
            if way is not None and activity.contact_id in self.keys:
                ways = [way, "lost"] + ["objected"] * (way != "hard_bounced")
                for name in ways:
                    left[self.keys[activity.contact_id]].setdefault(name, self.settings.day(activity.at))
        contacts = {contact["contactId"]: contact for contact in self.account.contacts}
        counts: dict[Any, Counter[str]] = defaultdict(Counter)
        for person in self.persons.values():
            own = [contacts[contact_id] for contact_id in person.contact_ids if contacts[contact_id].get("createdDate")]
            first = min(own, key=lambda contact: (contact["createdDate"], contact["contactId"]), default=None)
            source = (first or {}).get("contactSource") or "unknown"
            language = person.last_seen.get("languageCode") or "unknown"
            if first is not None:
                counts[self.settings.day(first["createdDate"]), source, language]["created"] += 1
            for name, day in left[person.key].items():
                counts[day, source, language][name] += 1
        names = ("created", "unsubscribed", "complained", "objected", "hard_bounced", "lost")
        return {
            key: {name: count[name] for name in names} | {"net": count["created"] - count["lost"]}
            for key, count in counts.items()
        }

    def contact_fatigue(self) -> Rows:
        """Contact-weeks, Monday to Sunday, of the last so many that are over, by their number of sends."""
        today = self.settings.day(self.settings.as_of)
        end = today - timedelta(days=today.weekday())
        start = end - timedelta(weeks=self.settings.fatigue_weeks)
        weeks: dict[Any, list[Send]] = defaultdict(list)
        for send in self.sends:
            day = self.settings.day(send.at)
            monday = day - timedelta(days=day.weekday())
            if send.contact_id is not None and start <= monday < end:
                weeks[send.contact_id, monday].append(send)
        rows: Rows = {}
        bounds = {(1, 1): "1", (2, 2): "2", (3, 3): "3", (4, 5): "4-5", (6, 7): "6-7", (8, 10**9): "8+"}
        for (low, high), name in bounds.items():
            inside = {key: own for key, own in weeks.items() if low <= len(own) <= high}
            own = [send for group in inside.values() for send in group]
            if not own:
                continue
            told = telling_numbers(own)
            numbers = {key: value for key, value in send_numbers(own).items() if not key.endswith("_rate")}
            left = sum(any(send.of_type("UNSUBSCRIBED") for send in group) for group in inside.values())
            del numbers["bounced"]
            rows[(low,)] = {
                "sends_a_week": name,
                "contact_weeks": len(inside),
                "people": len({self.keys[contact_id] for contact_id, _ in inside if contact_id in self.keys}),
                **numbers,
                "delivered_telling_opens": told["delivered_telling_opens"],
                "opened_telling_opens": told["opened_telling_opens"],
                "weeks_unsubscribed": left,
                **_share("open_rate", told["opened_telling_opens"], told["delivered_telling_opens"]),
                **_share("click_rate", numbers["clicked"], numbers["delivered"]),
                **_share("unsubscribe_rate", numbers["unsubscribed"], numbers["delivered"]),
                **_share("week_unsubscribe_rate", left, len(inside)),
            }
        return rows


def _block(send: Send) -> str:
    return send.block_id or "unknown"


def _share(name: str, hits: int, trials: int) -> dict[str, float | None]:
    """A share and its 95% interval by Wilson: of p between the roots of (share - p)^2 = z^2 * p * (1 - p) / trials."""
    if not trials:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    share, z = hits / trials, NormalDist().inv_cdf(0.975)
    a, b, c = 1 + z * z / trials, 2 * share + z * z / trials, share * share
    root = sqrt(max(b * b - 4 * a * c, 0))
    low, high = (rounded((b + sign * root) / (2 * a), 4) for sign in (-1, 1))
    return {name: share, f"{name}_low": low, f"{name}_high": high}
