"""Sends and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from .raw import Activity
from .settings import Settings, seed

SEND_TYPES = ("DELIVERED", "UNDELIVERED", "OPENED", "CLICKED", "UNSUBSCRIBED", "SPAM")
REPORTS_OPENS = {row["media_type"].lower().replace("-", ""): row["reports_opens"] == "1" for row in seed("channels")}

SendKey = tuple[int | None, int, int | None, str | None]


def reports_opens(channel: str) -> bool:
    """Seed `channels` says which channels report opens."""
    return REPORTS_OPENS.get(channel.replace("_", ""), False)


@dataclass(frozen=True)
class Send:
    """One message instance to one contact in one broadcast or workflow launch, with its activities by time."""

    key: SendKey
    activities: tuple[Activity, ...]
    settings: Settings

    @property
    def contact_id(self) -> int | None:
        return self.key[0]

    @property
    def broadcast_id(self) -> int | None:
        return self.key[2]

    @cached_property
    def channel(self) -> str:
        """The one that its activities name; should they differ, the first in order."""
        return min((row.channel for row in self.activities if row.channel != "other"), default="other")

    @property
    def at(self) -> datetime:
        return self.activities[0].at

    @cached_property
    def workflow_id(self) -> str | None:
        return self._named(activity.workflow_id for activity in self.activities)

    @cached_property
    def block_id(self) -> str | None:
        return self._named(activity.block_id for activity in self.activities)

    @cached_property
    def message_id(self) -> int | None:
        return max((row.message_id for row in self.activities if row.message_id is not None), default=None)

    @cached_property
    def language(self) -> str | None:
        return self._named(activity.language for activity in self.activities)

    @staticmethod
    def _named(names: Iterable[str | None]) -> str | None:
        """What the activities that say it say; should they differ, the last in order."""
        return max((name for name in names if name is not None), default=None)

    def of_type(self, *types: str) -> list[Activity]:
        return [activity for activity in self.activities if activity.activity_type in types]

    @cached_property
    def opens(self) -> list[Activity]:
        """Opened = has OPENED, or CLICKED where the channel reports opens."""
        return self.of_type("OPENED", "CLICKED") if reports_opens(self.channel) else self.of_type("OPENED")

    @cached_property
    def clicks(self) -> list[Activity]:
        """Clicked = has CLICKED on a link that is not an unsubscribe link."""
        return [activity for activity in self.of_type("CLICKED") if not self.unsubscribes(activity)]

    @property
    def engaged_by_human(self) -> bool:
        """Engaged = opened or clicked; suspected machines are left out."""
        return bool(self.human_opens or self.human_clicks)

    @cached_property
    def bounced(self) -> bool:
        """Bounced = has UNDELIVERED and neither OPENED nor CLICKED."""
        return bool(self.of_type("UNDELIVERED")) and not self.of_type("OPENED", "CLICKED")

    @cached_property
    def deliveries(self) -> list[Activity]:
        """Delivered = has DELIVERED, or any OPENED, CLICKED, UNSUBSCRIBED, SPAM; a bounced send is not delivered."""
        if self.bounced:
            return []
        return self.of_type("DELIVERED") or self.of_type("OPENED", "CLICKED", "UNSUBSCRIBED", "SPAM")

    @cached_property
    def last_delivery(self) -> Activity | None:
        """The last that is reported; where none is, the first activity that implies one."""
        if not self.deliveries:
            return None
        return self.of_type("DELIVERED")[-1] if self.of_type("DELIVERED") else self.deliveries[0]

    @cached_property
    def by_machines(self) -> list[Activity]:
        """Suspected machines: an open within 5 seconds of DELIVERED; clicks on three or more links within 2 seconds."""
        delivered = [activity.at for activity in self.of_type("DELIVERED")]
        soon = timedelta(seconds=self.settings.machine_open_seconds)
        burst = timedelta(seconds=self.settings.machine_click_seconds)
        opens = [open_ for open_ in self.of_type("OPENED") if any(at <= open_.at <= at + soon for at in delivered)]
        clicks: list[Activity] = []
        for start in self.of_type("CLICKED"):
            together = [click for click in self.of_type("CLICKED") if start.at <= click.at <= start.at + burst]
            if len({click.link for click in together}) >= self.settings.machine_click_links:
                clicks += together
        return opens + clicks

    @cached_property
    def human_opens(self) -> list[Activity]:
        return [activity for activity in self.opens if activity not in self.by_machines]

    @cached_property
    def human_clicks(self) -> list[Activity]:
        return [activity for activity in self.clicks if activity not in self.by_machines]

    def unsubscribes(self, click: Activity) -> bool:
        link = (click.link or "").lower()
        return any(pattern.lower().strip("%") in link for pattern in self.settings.unsubscribe_link_patterns)


def send_key(activity: Activity) -> SendKey | None:
    """Key of the send that an activity is of; none where it is of none."""
    if activity.instance_id is None or activity.activity_type not in SEND_TYPES:
        return None
    return (activity.contact_id, activity.instance_id, activity.broadcast_id, activity.workflow_instance_id)


def sends(activities: list[Activity], settings: Settings) -> list[Send]:
    """A send exists when it has at least one activity of a send's types; message_instance_id present."""
    found: dict[SendKey, list[Activity]] = defaultdict(list)
    for activity in activities:
        if key := send_key(activity):
            found[key].append(activity)
    return [Send(key, tuple(sorted(rows, key=lambda activity: activity.at)), settings) for key, rows in found.items()]
