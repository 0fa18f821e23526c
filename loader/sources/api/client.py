"""Calls to the REST API: polite, persistent, counted. Built on dlt's REST client."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import requests
from dlt.common.json import json
from dlt.sources.helpers.requests import Session
from dlt.sources.helpers.rest_client.auth import HttpBasicAuth
from dlt.sources.helpers.rest_client.client import RESTClient

from loader.errors import ConfigurationError, LoaderError, root_cause
from loader.sources.api.pace import Pace
from loader.sources.api.settings import USER, ApiSettings

#: How often a call is repeated that fails, and one that is refused for coming too soon.
FAILURES = 8
REFUSALS = 60
#: The first call of a run tells wrong settings from a bad day sooner: they fail the same way every time.
FIRST_FAILURES = 3
_LONGEST_BACKOFF = 60.0
#: Bytes of an answer that are read at once: each read lets another thread run, and waits for its turn again.
_CHUNK = 1 << 20

Params = Mapping[str, str | int]
Read = TypeVar("Read")


class NotThere(LoaderError):
    """The platform has no such thing (any more)."""


class Rejected(LoaderError):
    """The platform takes the call for wrong."""


class Stopped(LoaderError):
    """Another part of the run failed, so this call was given up."""


class _Transient(Exception):
    """A call failed in a way that may pass."""


class _TooOften(Exception):
    """The platform asks to wait."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__("it wants to be asked less often (429)")
        self.seconds = seconds


@dataclass
class Cost:
    """What a run took: calls (repeats included), bytes received, seconds waited because the platform asked for it or
    failed, calls repeated after a failure, calls refused as too frequent.
    """

    calls: int = 0
    bytes: int = 0
    waited: float = 0.0
    retries: int = 0
    refused: int = 0

    def since(self, earlier: Cost) -> Cost:
        """What was added since."""
        return Cost(**{name: value - getattr(earlier, name) for name, value in asdict(self).items()})


@dataclass(frozen=True)
class Answer:
    """A call's JSON and headers."""

    body: Any
    headers: Mapping[str, str]

    def items(self, call: str) -> list[dict[str, Any]]:
        """The answer as a list of objects.

        Raises:
            LoaderError: it is something else.

        """
        if not isinstance(self.body, list) or not all(isinstance(item, dict) for item in self.body):
            raise LoaderError(f"GET {call} answered {type(self.body).__name__}, not a list of objects.")
        return self.body


class ApiClient:
    """One account. May be used from many threads."""

    def __init__(self, settings: ApiSettings) -> None:
        self.settings = settings
        self.pace = Pace(settings.most_parallel)
        self.cost = Cost()
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._local = threading.local()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Gives up the calls that wait; those of other threads raise `Stopped`."""
        self._stopped.set()

    def resume(self) -> None:
        """Takes calls again."""
        self._stopped.clear()

    def snapshot(self) -> Cost:
        """The cost so far."""
        with self._lock:
            return Cost(**asdict(self.cost))

    def check_account(self) -> Mapping[str, Any]:
        """Who the key belongs to.

        Raises:
            ConfigurationError: the key is refused, or what is at the address is not the platform.

        """
        try:
            body = self.get("v1/account/info", alike=FIRST_FAILURES).body
        except ConfigurationError:
            raise
        except LoaderError as error:
            raise ConfigurationError(f"{error} Check ESPUTNIK_API_URL, the network and a proxy's settings.") from None
        if not isinstance(body, dict):
            raise ConfigurationError(f"{self.settings.url} is not the platform's API. Check ESPUTNIK_API_URL.")
        return body

    def get(self, call: str, params: Params | None = None, *, alike: int = FAILURES) -> Answer:
        """As `read`; returns the answer itself."""
        return self.read(call, params, lambda answer: answer, alike=alike)

    def read(self, call: str, params: Params | None, use: Callable[[Answer], Read], *, alike: int = FAILURES) -> Read:
        """Calls and repeats until there is a sound answer, and returns what `use` makes of it.

        One answer at a time is taken apart: threads gain nothing by doing it together, and a large answer's objects
        take many times the memory of its bytes.

        Args:
            call: path under the settings' address.
            params: query parameters.
            use: reads the answer; what it raises is raised.
            alike: repeats after failures that are all the same, before it is given up.

        Raises:
            ConfigurationError: the key is refused (401, 403), or the account may not make this call.
            NotThere: 404.
            Rejected: another status of the 400s.
            LoaderError: the platform kept failing.

        """
        failed = refused = same = 0
        last = ""
        while True:
            with self.pace.turn(self._stopped.is_set) as turn:
                if self._stopped.is_set():
                    raise Stopped("The call was given up.")
                try:
                    response, content = self._once(call, params)
                    with self._reading:
                        answer = self._judged(call, response, content)
                        self.pace.accepted()
                        return use(answer)
                except _TooOften as error:
                    refused += 1
                    wait = self._backoff(refused) if error.seconds is None else error.seconds
                    self.pace.refused(turn, wait)
                    reason: Exception = error
                except _Transient as error:
                    failed += 1
                    same = same + 1 if str(error) == last else 1
                    last = str(error)
                    wait = self._backoff(failed)
                    self.pace.failed(turn)
                    reason = error
            is_refusal = isinstance(reason, _TooOften)
            if failed > FAILURES or same > alike or refused > REFUSALS:
                raise LoaderError(f"GET {self.settings.url}/{call} failed {failed + refused} times; at last: {reason}.")
            with self._lock:
                self.cost.waited += wait
                self.cost.refused += is_refusal
                self.cost.retries += not is_refusal
            self._stopped.wait(wait)

    def _backoff(self, times: int) -> float:
        """Exponential, with jitter so that parallel calls do not come back together."""
        longest = min(_LONGEST_BACKOFF, self.settings.backoff * 2.0 ** (times - 1))
        return longest * random.uniform(0.5, 1.0)

    def _once(self, call: str, params: Params | None) -> tuple[requests.Response, bytes]:
        try:
            with self._rest().get(call, params=dict(params or {}), stream=True) as response:
                content = b"".join(response.iter_content(_CHUNK))
        except requests.Timeout:
            self._count(0)
            raise _Transient(f"no answer within {self.settings.timeout:g} seconds") from None
        except requests.ConnectionError as error:
            self._count(0)
            raise _Transient(f"no connection ({root_cause(error)})") from None
        except requests.RequestException as error:
            self._count(0)
            raise _Transient(f"a broken answer ({type(error).__name__})") from None
        self._count(len(content))
        return response, content

    def _judged(self, call: str, response: requests.Response, content: bytes) -> Answer:
        status = response.status_code
        if status == 429:
            raise _TooOften(retry_after(response.headers.get("Retry-After")))
        if status >= 500 or status in (408, 425):
            raise _Transient(f"status {status}")
        if status in (401, 403):
            raise ConfigurationError(
                f"{self.settings.url} refuses the API key (status {status}). Check ESPUTNIK_API_KEY and the rights of"
                " its user."
            )
        if status == 404:
            raise NotThere(f"GET {self.settings.url}/{call} does not exist (status 404).")
        text = _plain(content)
        if status == 400 and "contactactivity" in text.lower():
            raise ConfigurationError(
                "The platform does not give this account its contact activities. Ask its support to enable"
                f" ContactActivity, or leave them out with --datasets. It says: {text}"
            )
        if not 200 <= status < 300:
            raise Rejected(f"GET {self.settings.url}/{call} is refused (status {status}): {text}")
        try:
            return Answer(json.loadb(content), response.headers)
        except ValueError:
            what = "HTML" if content.lstrip()[:1] == b"<" else "broken JSON"
            raise _Transient(f"{what} instead of JSON") from None

    def _count(self, size: int) -> None:
        with self._lock:
            self.cost.calls += 1
            self.cost.bytes += size

    def _rest(self) -> RESTClient:
        """A client for this thread: sessions of `requests` are not made for several."""
        client: RESTClient | None = getattr(self._local, "client", None)
        if client is None:
            session = Session(timeout=(min(30.0, self.settings.timeout), self.settings.timeout), raise_for_status=False)
            client = self._local.client = RESTClient(
                self.settings.url,
                headers={"Accept": "application/json"},
                auth=HttpBasicAuth(USER, self.settings.key),
                session=session,
            )
        return client


def retry_after(header: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, which may be a number or a date; None where it says nothing."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(0.0, seconds), 3_600.0) if seconds == seconds else None


def _plain(content: bytes) -> str:
    """The beginning of an answer's text, without markup, on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", content[:2_000].decode("utf-8", "replace")).split())[:300]
