"""Asking for activities: one window of time, one call, one judgement whether the answer is all there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loader.errors import LoaderError
from loader.sources.api import wall
from loader.sources.api.client import ApiClient, Rejected
from loader.sources.api.mapping import API_MEDIA_TYPES, API_STATUSES

CALL = "v2/contacts/activity"
#: A platform that gives fewer rows than asked for without saying so would do it at a round number.
_ROUND = 100
#: Rows that lie farther outside the window asked for (in seconds) are not explained by overlapping edges.
_EDGE = 900

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Window:
    """Rows of one answer.

    Attributes:
        times: when each row happened on the wall clock, sorted; rows without a time are left out.
        most_rows: rows asked for.

    """

    items: list[dict[str, Any]]
    times: list[int]
    most_rows: int

    @property
    def is_full(self) -> bool:
        """Whether there may be more rows than these."""
        return len(self.items) >= self.most_rows

    @property
    def is_suspicious(self) -> bool:
        """Whether the number of rows looks like a limit of the platform's own."""
        return self.is_full or (len(self.items) >= _ROUND and len(self.items) % _ROUND == 0)


class Asker:
    """Asks for the activities of windows of time."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._zone = client.settings.zone
        self._most_rows = client.settings.most_rows

    def window(self, start: int, end: int, **more: str) -> Window:
        """The activities from `start` to `end`, times of the wall clock.

        Whether the platform counts the ends as inside is not documented. Windows that share their edges are complete
        either way; rows at the edges may come twice.

        Raises:
            LoaderError: most rows lie outside the window, so the platform reads times in another zone.

        """
        params: dict[str, str | int] = {
            "dateFrom": wall.text(wall.real(start, self._zone)),
            "dateTo": wall.text(wall.real(end, self._zone)),
            "maxrows": self._most_rows,
            **more,
        }
        items = self._client.get(CALL, params).items(CALL)
        found = (wall.of_row(item.get("activityDateTime"), self._zone) for item in items)
        times = sorted(time for time in found if time is not None)
        # Rows of an hour that a clock change repeats look misplaced by it.
        edge = _EDGE + abs(wall.offset(start - wall.DAY, self._zone) - wall.offset(end + wall.DAY, self._zone))
        outside = [time for time in times if not start - edge <= time <= end + edge]
        if len(outside) * 2 > len(times):
            raise LoaderError(
                f"The platform was asked for {params['dateFrom']} to {params['dateTo']} and answers with rows of"
                f" {wall.text(outside[0])}: it reads times in another zone than ESPUTNIK_API_TIMEZONE"
                f" ({self._zone.key}). Set it to the zone of the API key's user."
            )
        return Window(items, times, self._most_rows)

    def second(self, start: int) -> tuple[list[dict[str, Any]], bool]:
        """The activities of one second that gives a full answer, and whether they are surely all.

        It is asked for alone first: an answer shows that the platform counts both ends of a window as inside, where
        "from the second to the next one" holds two. Then by media type, and a type that is full by status. A filter
        that the platform ignores shows in rows that do not fit it. What is left is asked for with the paging cursor
        and is never counted as complete, since the cursor is known to skip rows. The filter by e-mail address would
        take a call for each address of the account, and leave out who has none.
        """
        alone = self._attempt(start, start, {})
        if alone and alone.items and not alone.is_full:
            return alone.items, True
        whole = self.window(start, start + 1)
        rows = {row_identity(item): item for item in whole.items}
        complete = not whole.is_full or self._by_filters(start, {}, _FILTERS, whole, rows)
        if not complete:
            self._by_cursor(start, whole, rows)
        return list(rows.values()), complete

    def _attempt(self, start: int, end: int, more: dict[str, str]) -> Window | None:
        """A window, or None where the platform takes no such question."""
        try:
            return self.window(start, end, **more)
        except Rejected:
            return None

    def _by_filters(
        self,
        start: int,
        chosen: dict[str, str],
        filters: Sequence[tuple[str, Sequence[str]]],
        whole: Window,
        rows: dict[Any, dict[str, Any]],
    ) -> bool:
        """Adds the rows of a full answer by the values of the first filter; whether that made it complete."""
        if not filters:
            return False
        name, known = filters[0]
        met = {str(item.get(name) or "") for item in whole.items}
        complete = "" not in met
        for value in dict.fromkeys((*known, *sorted(met - {""}))):
            more = {**chosen, name: value}
            piece = self._attempt(start, start + 1, more)
            if piece is None or any(str(item.get(name)).lower() != value.lower() for item in piece.items):
                return False
            rows.update((row_identity(item), item) for item in piece.items)
            if piece.is_full:
                complete &= self._by_filters(start, more, filters[1:], piece, rows)
        return complete

    def _by_cursor(self, start: int, whole: Window, rows: dict[Any, dict[str, Any]]) -> None:
        """Adds what the paging cursor leads to, until it leads to nothing new."""
        items = whole.items
        while items and items[-1].get("offset"):
            found = self._attempt(start, start + 1, {"offset": str(items[-1]["offset"])})
            items = found.items if found else []
            before = len(rows)
            rows.update((row_identity(item), item) for item in items)
            if len(rows) == before:
                return


_FILTERS = (("mediaType", API_MEDIA_TYPES), ("activityStatus", API_STATUSES))


def row_identity(item: Item) -> tuple[Any, ...]:
    """What tells two activities apart, in the API's names."""
    return tuple(
        item.get(name)
        for name in (
            *("contactId", "messageInstanceId", "broadcastId", "workflowInstanceId", "activityStatus"),
            *("activityDateTime", "clickEventLink"),
        )
    )
