"""Lists that come in pages: complete although the list shrinks between two pages or its stated length is wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from loader.errors import LoaderError
from loader.sources.api.client import ApiClient

#: The platform gives at most so many items a page.
PAGE = 500
#: Items that a page shares with the one before it. A deletion moves what follows by one place: while two neighbours
#: still share an item, nothing fell between them.
OVERLAP = 25
#: Passes over a list whose stated length is not reached, at most.
_PASSES = 4

Item = Mapping[str, Any]


@dataclass(frozen=True)
class _Page:
    start: int
    items: list[dict[str, Any]]
    ids: frozenset[Any]
    total: int | None


class Listing:
    """One list of the API, such as the contacts.

    Args:
        client: the account.
        call: path of the list.
        key: field that tells items apart.
        page: items asked for at once.

    """

    def __init__(self, client: ApiClient, call: str, key: str = "id", page: int = PAGE) -> None:
        self._client, self._call, self._key, self._page = client, call, key, page
        self._step = max(1, page - min(OVERLAP, page // 4))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Every item once.

        The list is read in one pass. If it is shorter than it says it is, it is read again until a pass brings nothing
        new: either its stated length is wrong, or its order changed meanwhile.

        Raises:
            LoaderError: the platform gives the same page wherever it is asked to start.

        """
        seen: set[Any] = set()
        for _ in range(_PASSES):
            before, total = len(seen), 0
            for page in self._pages():
                total = page.total or 0
                for item in page.items:
                    if item.get(self._key) not in seen:
                        seen.add(item.get(self._key))
                        yield item
            if len(seen) >= total or len(seen) == before:
                return

    def total(self) -> int | None:
        """The list's length as the platform states it; costs a call."""
        return self._fetch(1, 1).total

    def calls(self, total: int) -> int:
        """Calls that it takes to read a list of this length."""
        return 1 + max(0, -((self._page - total) // self._step))

    def _pages(self) -> Iterator[_Page]:
        """Pages from the first to the last, more where neighbours share nothing, each asked for while others arrive."""
        with ThreadPoolExecutor(self._client.settings.most_parallel) as pool:
            first = previous = self._fetch(1)
            yield first
            if self._is_last(first, len(first.ids)):
                return
            ahead: deque[Future[_Page]] = deque()
            start = 1
            count = len(first.ids)
            try:
                while True:
                    expected = (previous.total or 0) + 1
                    while len(ahead) < self._client.pace.parallel and (not ahead or start + self._step < expected):
                        start += self._step
                        ahead.append(pool.submit(self._fetch, start))
                    page = ahead.popleft().result()
                    if page.items or len(previous.items) >= self._page:
                        yield from self._between(previous, page)
                    if not page.items:
                        return
                    count += len(page.ids - previous.ids)
                    yield page
                    if page.ids <= previous.ids and len(page.items) >= self._page:
                        raise LoaderError(f"GET {self._call} gives the same page whatever `startindex` says.")
                    if self._is_last(page, count):
                        return
                    previous = page
            finally:
                for future in ahead:
                    future.cancel()

    def _between(self, previous: _Page, page: _Page) -> Iterator[_Page]:
        """What fell between two pages that share no item, page by page backwards."""
        start = page.start
        while not (page.ids & previous.ids) and start > 1:
            start = max(1, start - self._step)
            page = self._fetch(start)
            yield page

    def _is_last(self, page: _Page, count: int) -> bool:
        """A short page is the last one if as many items came as there should be; else the next one has to be empty."""
        return len(page.items) < self._page and page.total is not None and count >= page.total

    def _fetch(self, start: int, size: int | None = None) -> _Page:
        answer = self._client.get(self._call, {"startindex": start, "maxrows": size or self._page})
        items = answer.items(self._call)
        stated = answer.headers.get("TotalCount", "")
        total = int(stated) if stated.isdecimal() else None
        return _Page(start, items, frozenset(item.get(self._key) for item in items), total)


def fetch_all(client: ApiClient, calls: list[str], fetch: Callable[[str], Any]) -> Iterator[Any]:
    """Results of independent calls, in order, a few on their way at once."""
    with ThreadPoolExecutor(client.settings.most_parallel) as pool:
        yield from pool.map(fetch, calls)
