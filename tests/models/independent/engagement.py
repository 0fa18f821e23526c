"""Engagement of persons: counts in windows, score, tier, habits."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from .raw import Activity
from .sends import Send
from .settings import Settings

OPEN_WEIGHT, CLICK_WEIGHT, HALF_LIFE_DAYS = 1, 3, 30


class Engagement:
    """What one person's sends came to, up to as_of. Suspected machines are in the counts, and nowhere else."""

    def __init__(self, sends: list[Send], settings: Settings) -> None:
        self.sends, self.settings = sends, settings

    def sends_in(self, days: int) -> int:
        """Distinct sends by the day of their earliest activity."""
        return sum(self.settings.within(send.at, days) for send in self.sends)

    def opens_in(self, days: int) -> int:
        """Distinct sends with an open on a day of the window."""
        return sum(self._any_in(send.opens, days) for send in self.sends)

    def clicks_in(self, days: int) -> int:
        """Distinct sends with a click on a day of the window."""
        return sum(self._any_in(send.clicks, days) for send in self.sends)

    @property
    def last_open_at(self) -> datetime | None:
        return max((activity.at for send in self.sends for activity in send.opens), default=None)

    @property
    def last_click_at(self) -> datetime | None:
        return max((activity.at for send in self.sends for activity in send.clicks), default=None)

    @property
    def score(self) -> float:
        """Sum over engaged sends of weight * 0.5^(age in days / 30); a send's open and click both count, each once."""
        total = 0.0
        for send in self.sends:
            for activities, weight in ((send.human_opens, OPEN_WEIGHT), (send.human_clicks, CLICK_WEIGHT)):
                if activities:
                    first = min(activity.at for activity in activities)
                    total += weight * 0.5 ** (self.settings.age(first) / HALF_LIFE_DAYS)
        return total

    @property
    def tier(self) -> str:
        """The first that fits."""
        clicks = [activity for send in self.sends for activity in send.human_clicks]
        opens = [activity for send in self.sends for activity in send.human_opens]
        delivered = [send.last_delivery for send in self.sends if send.last_delivery]
        engaged = clicks + opens
        if self._any_in(clicks, 30):
            return "champion"
        if self._any_in(engaged, 90):
            return "engaged"
        if self._any_in(engaged, 180):
            return "cooling"
        if self._any_in(delivered, 180):
            return "dormant"
        if not delivered:
            return "unreached"
        return "inactive" if engaged else "never"

    @property
    def preferred_channel(self) -> str:
        """Most engaged sends in 180 days; ties by clicks, then by name."""
        engaged, clicked = Counter[str](), Counter[str]()
        for send in self.sends:
            engaged[send.channel] += self._any_in(send.opens + send.clicks, 180)
            clicked[send.channel] += self._any_in(send.clicks, 180)
        names = [name for name in engaged if engaged[name]]
        return min(names, key=lambda name: (-engaged[name], -clicked[name], name), default="none")

    @property
    def best_send_hour(self) -> int | None:
        """Most engaged activities in 180 days, account time; ties go to the earlier; null under three engaged sends."""
        if len([send for send in self.sends if self._any_in(self._engaged(send), 180)]) < 3:
            return None
        hours = Counter(
            activity.at.astimezone(self.settings.zone).hour
            for send in self.sends
            for activity in self._engaged(send)
            if self.settings.within(activity.at, 180)
        )
        return min(hours, key=lambda hour: (-hours[hour], hour))

    def _engaged(self, send: Send) -> list[Activity]:
        """Each open or click of the send once, though a click may be both."""
        return send.human_opens + [click for click in send.human_clicks if click not in send.human_opens]

    def _any_in(self, activities: list[Activity], days: int) -> bool:
        return any(self.settings.within(activity.at, days) for activity in activities)
