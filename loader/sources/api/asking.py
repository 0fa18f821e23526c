"""Asking for activities: one window of time, one call, one judgement whether the answer is all there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlt.common.json import json

from loader.errors import LoaderError
from loader.sources.api import mapping, wall
from loader.sources.api.client import Answer, ApiClient, Read, Rejected
from loader.sources.api.mapping import API_MEDIA_TYPES, API_STATUSES

CALL = "v2/contacts/activity"
#: A platform that gives fewer rows than asked for without saying so would do it at a round number.
_ROUND = 100
#: Rows that lie farther outside the window asked for (in seconds) are not explained by overlapping edges.
_EDGE = 900

Item = Mapping[str, Any]
Items = list[dict[str, Any]]


@dataclass(frozen=True)
class Lines:
    """Activities as they are written to a file: a JSON object a line, the columns of the export.

    Attributes:
        broadcasts: ids of the broadcasts met.
        unknown: names of fields met that the loader does not know.

    """

    text: bytes
    rows: int
    broadcasts: set[int]
    unknown: set[str]

    @classmethod
    def of(cls, items: Sequence[Item]) -> Lines:
        """The lines of these objects of the API."""
        text = b"".join(json.dumpb(mapping.activity(item)) + b"\n" for item in items)
        broadcasts = {item["broadcastId"] for item in items if item.get("broadcastId")}
        first = items[0] if items else {}
        unknown = mapping.unknown_fields(first, mapping.ACTIVITIES, mapping.ACTIVITIES_LEFT_OUT)
        return cls(text, len(items), broadcasts, unknown)


@dataclass(frozen=True)
class Window:
    """What one answer says.

    Attributes:
        rows: how many there are.
        times: when each row happened on the wall clock, sorted; rows without a time are left out.
        most_rows: rows asked for.
        lines: the rows; None where the answer is full, so that they are asked for again.

    """

    rows: int
    times: list[int]
    most_rows: int
    lines: Lines | None

    @property
    def is_full(self) -> bool:
        """Whether there may be more rows than these."""
        return self.rows >= self.most_rows

    @property
    def is_suspicious(self) -> bool:
        """Whether the number of rows looks like a limit of the platform's own."""
        return self.is_full or (self.rows >= _ROUND and self.rows % _ROUND == 0)


class Asker:
    """Asks for the activities of windows of time."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._zone = client.settings.zone
        self._most_rows = client.settings.most_rows

    def window(self, start: int, end: int) -> Window:
        """What the platform says of the activities from `start` to `end`, times of the wall clock.

        Raises:
            LoaderError: most rows lie outside the window, so the platform reads times in another zone.

        """

        def use(items: Items, times: list[int]) -> Window:
            # The objects of a thousand rows take megabytes: they are gone before another answer is taken apart.
            is_full = len(items) >= self._most_rows
            return Window(len(items), times, self._most_rows, None if is_full else Lines.of(items))

        return self._ask(start, end, {}, use)

    def _ask(self, start: int, end: int, more: Mapping[str, str], use: Callable[[Items, list[int]], Read]) -> Read:
        """What `use` makes of the activities from `start` to `end` and of their times.

        Whether the platform counts the ends as inside is not documented. Windows that share their edges are complete
        either way; rows at the edges may come twice.
        """
        params: dict[str, str | int] = {
            "dateFrom": wall.text(wall.real(start, self._zone)),
            "dateTo": wall.text(wall.real(end, self._zone)),
            "maxrows": self._most_rows,
            **more,
        }

        def read(answer: Answer) -> Read:
            items = answer.items(CALL)
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
            return use(items, times)

        return self._client.read(CALL, params, read)

    def second(self, start: int) -> tuple[Items, bool]:
        """The activities of one second that gives a full answer, and whether they are surely all.

        It is asked for alone first: an answer shows that the platform counts both ends of a window as inside, where
        "from the second to the next one" holds two. Then by media type, and a type that is full by status. A filter
        that the platform ignores shows in rows that do not fit it. What is left is asked for with the paging cursor
        and is never counted as complete, since the cursor is known to skip rows. The filter by e-mail address would
        take a call for each address of the account, and leave out who has none.
        """
        alone = self._attempt(start, start, {})
        if alone and not self._is_full(alone):
            return alone, True
        whole = self._items(start, start + 1, {})
        rows = {row_identity(item): item for item in whole}
        complete = not self._is_full(whole) or self._by_filters(start, {}, _FILTERS, whole, rows)
        if not complete:
            self._by_cursor(start, whole, rows)
        return list(rows.values()), complete

    def _items(self, start: int, end: int, more: Mapping[str, str]) -> Items:
        """The activities themselves."""
        return self._ask(start, end, more, lambda items, _: items)

    def _is_full(self, items: Items) -> bool:
        return len(items) >= self._most_rows

    def _attempt(self, start: int, end: int, more: Mapping[str, str]) -> Items | None:
        """The activities, or None where the platform takes no such question."""
        try:
            return self._items(start, end, more)
        except Rejected:
            return None

    def _by_filters(
        self,
        start: int,
        chosen: dict[str, str],
        filters: Sequence[tuple[str, Sequence[str]]],
        whole: Items,
        rows: dict[Any, dict[str, Any]],
    ) -> bool:
        """Adds the rows of a full answer by the values of the first filter; whether that made it complete."""
        if not filters:
            return False
        name, known = filters[0]
        met = {str(item.get(name) or "") for item in whole}
        complete = "" not in met
        for value in dict.fromkeys((*known, *sorted(met - {""}))):
            more = {**chosen, name: value}
            piece = self._attempt(start, start + 1, more)
            if piece is None or any(str(item.get(name)).lower() != value.lower() for item in piece):
                return False
            rows.update((row_identity(item), item) for item in piece)
            if self._is_full(piece):
                complete &= self._by_filters(start, more, filters[1:], piece, rows)
        return complete

    def _by_cursor(self, start: int, whole: Items, rows: dict[Any, dict[str, Any]]) -> None:
        """Adds what the paging cursor leads to, until it leads to nothing new."""
        items = whole
        while items and items[-1].get("offset"):
            items = self._attempt(start, start + 1, {"offset": str(items[-1]["offset"])}) or []
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
