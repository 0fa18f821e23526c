"""Whether a channel may be used for a person: an address or token, and nothing that stands against it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from fnmatch import fnmatchcase

from .people import LONG_AGO, Person, normalised
from .raw import Account, Activity, Row
from .sends import send_key, sends
from .settings import Settings, seed

BOUNCE_CLASSES = sorted(seed("bounce_classes"), key=lambda row: int(row["priority"]))
EMAIL_STATUSES = {row["email_status"]: row for row in seed("email_statuses")}


def bounce_class(description: str | None) -> str:
    """By SMTP code (5.1.1 or, without such a one, 550), then by text; `%` in a pattern stands for anything."""
    text = (description or "").lower()
    enhanced = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", text)
    basic = re.search(r"\b[245]\d\d\b", text)
    codes = [found[0] for found in (enhanced, basic) if found]
    for row in BOUNCE_CLASSES:
        candidates = codes if row["match_on"] == "smtp_code" else [text]
        if any(fnmatchcase(candidate, row["pattern"].replace("%", "*")) for candidate in candidates):
            return row["bounce_class"]
    return "unknown"


class Reachability:
    """The account's activities by channel and contact, and what follows from them."""

    def __init__(self, account: Account, settings: Settings) -> None:
        self.settings = settings
        self.activities: dict[tuple[str, int | None], list[Activity]] = defaultdict(list)
        channels = {send.key: send.channel for send in sends(account.activities, settings)}
        for activity in account.activities:
            channel, key = activity.channel, send_key(activity)
            if channel == "other" and key is not None:
                channel = channels[key]
            self.activities[channel, activity.contact_id].append(activity)
        self.contacts_of_address: dict[str, list[int]] = defaultdict(list)
        for contact in account.contacts:
            self.contacts_of_address[normalised("email", contact.get("email"))].append(contact["contactId"])
        self.devices: dict[int, list[Row]] = defaultdict(list)
        for device in account.devices:
            if device.get("pushToken"):
                self.devices[device["contactId"]].append(device)
        self.resubscribed: dict[int, datetime] = {}
        for event in account.events:
            if event["eventTypeKey"] in settings.resubscription_events:
                latest = self.resubscribed.get(event["contactId"], LONG_AGO)
                self.resubscribed[event["contactId"]] = max(latest, event["occured"])

    def email(self, person: Person) -> tuple[int, int]:
        """reachable_email and reachable_email_triggered; the address is what unsubscribes, for all who share it."""
        address = normalised("email", person.last_seen.get("email"))
        if address is None or self.stands_against("email", self.contacts_of_address[address]):
            return 0, 0
        status = EMAIL_STATUSES.get((person.last_seen.get("emailStatus") or "").strip().upper())
        return (1, 1) if status is None else (int(status["allows_bulk"]), int(status["allows_triggered"]))

    def by_number(self, channel: str, person: Person) -> int:
        """reachable_sms or reachable_viber: both go to the phone number."""
        number = normalised("sms", person.last_seen.get("sms"))
        return int(number is not None and not self.stands_against(channel, person.contact_ids))

    def push(self, person: Person) -> int:
        """reachable_push = web or mobile."""
        devices = [device for contact_id in person.contact_ids for device in self.devices[contact_id]]
        channels = {device_channel(device) for device in devices}
        return int(any(not self.stands_against(channel, person.contact_ids) for channel in channels))

    def stands_against(self, channel: str, contact_ids: Collection[int]) -> bool:
        """An unsubscribe or complaint, or a hard bounce that no later delivery or engagement cleared."""
        return self.obstacle(channel, contact_ids) is not None

    def obstacle(self, channel: str, contact_ids: Collection[int]) -> str | None:
        """What stands against writing, the gravest of it."""
        rows = [row for contact_id in contact_ids for row in self.activities[channel, contact_id]]
        consents = [self.resubscribed.get(contact_id, LONG_AGO) for contact_id in contact_ids]
        if channel in ("web_push", "mobile_push"):
            consents += [row.at for row in rows if row.activity_type == "PUSH_SUBSCRIBED"]
        for activity_type, name in (("SPAM", "complained"), ("UNSUBSCRIBED", "unsubscribed")):
            refused = max((row.at for row in rows if row.activity_type == activity_type), default=None)
            if refused is not None and max(consents, default=LONG_AGO) <= refused:
                return name
        bounced = max((row.at for row in rows if is_hard_bounce(row)), default=None)
        arrived = [row.at for row in rows if row.activity_type in ("DELIVERED", "OPENED", "CLICKED")]
        return "bounced" if bounced is not None and max(arrived, default=LONG_AGO) <= bounced else None


def is_hard_bounce(activity: Activity) -> bool:
    return activity.activity_type == "UNDELIVERED" and bounce_class(activity.description) == "hard"


def device_channel(device: Row) -> str:
    """Apps have a version and get mobile pushes, browsers web ones; the export does not say it any plainer."""
    return "mobile_push" if device.get("appVersion") else "web_push"
