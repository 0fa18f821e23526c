"""Does the REST API take the key, give activities, and agree on what time it is?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from loader.doctor.finding import Finding, Level
from loader.errors import ConfigurationError
from loader.sources.api.settings import USER, ApiSettings, NoApiKey, read_settings

#: Seconds for an answer; activities of an hour take longer while a broadcast goes out.
TIMEOUT = 60
#: Clocks this far apart cut windows of activities in the wrong place.
SKEW = timedelta(seconds=60)
#: How far from the set zone another is looked for; the platform is known to misbehave in windows above a day.
FARTHEST = timedelta(hours=23)
HOUR = timedelta(hours=1)


class _Trouble(Exception):
    """A call that gave no usable answer; holds the finding."""

    def __init__(self, message: str, action: str) -> None:
        super().__init__(message)
        self.finding = Finding("api", Level.problem, message, action)


def examine_api() -> tuple[list[Finding], list[str]]:
    """Findings about the REST API, and the texts that must not be shown."""
    try:
        settings = read_settings()
    except NoApiKey:
        message = "No API key is set; only `load --from api` needs one."
        return [Finding("api", Level.note, message, "To load from the API, set ESPUTNIK_API_KEY.")], []
    except ConfigurationError as error:
        return [Finding("api", Level.problem, str(error), "Mend the setting.")], []
    findings: list[Finding] = []
    try:
        findings += _account(settings)
        findings += _activities(settings)
    except _Trouble as trouble:
        findings.append(trouble.finding)
    return findings, settings.secrets


def _account(settings: ApiSettings) -> list[Finding]:
    answer = _call(settings, "/v1/account/info")
    account = _json(answer, settings)
    name = account.get("organisationName") if isinstance(account, dict) else None
    findings = [Finding("api", Level.ok, f"{settings.url} takes the key" + (f" of {name}." if name else "."))]
    try:
        theirs = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return [*findings, Finding("api", Level.note, "The server does not say what time it is.")]
    # The answer's time lies between the call and now.
    skew = datetime.now(UTC) - answer.elapsed / 2 - theirs
    if abs(skew) <= SKEW:
        return [*findings, Finding("api", Level.ok, "The clocks agree.")]
    side = "ahead of" if skew > timedelta(0) else "behind"
    message = f"This machine's clock is {round(abs(skew).total_seconds())} seconds {side} the server's."
    return [*findings, Finding("api", Level.problem, message, "Set it by a time server (NTP).")]


def _activities(settings: ApiSettings) -> list[Finding]:
    """Whether activities are given, and whether their times are of the zone that is set.

    The platform reads and writes local times of the key's user. Of the zone that is set, an activity in the future
    shows that it is too far west; one in the past hour, that it is right or nearly so.
    """
    now = datetime.now(settings.zone).replace(tzinfo=None)
    recent = _window(settings, now - HOUR, now)
    findings = [Finding("api", Level.ok, "ContactActivity is enabled.")]
    # Some minutes are left for clocks and for windows that overlap.
    future = [time for time in _window(settings, now + HOUR / 6, now + FARTHEST) if time > now + HOUR / 6]
    zone = f"ESPUTNIK_API_TIMEZONE ({settings.timezone})"
    action = "Set ESPUTNIK_API_TIMEZONE to the time zone in the profile of the user whose key it is, like Europe/Kyiv."
    if future:
        message = f"By {zone} there are activities of the future, up to {max(future):%Y-%m-%d %H:%M}."
        return [*findings, Finding("api", Level.problem, message, action)]
    if recent:
        return [*findings, Finding("api", Level.ok, f"{zone} fits the activities of the past hour.")]
    if _window(settings, now - FARTHEST, now - HOUR):
        message = f"By {zone} there are activities of the past day, but none of the past hour."
        return [*findings, Finding("api", Level.note, message, f"Unless it was a quiet hour: {action}")]
    message = f"No activities in the past day, so {zone} cannot be checked."
    return [*findings, Finding("api", Level.note, message)]


def _window(settings: ApiSettings, since: datetime, until: datetime) -> Sequence[datetime]:
    """Times of some activities in a window, all in the account's local time."""
    answer = _call(
        settings,
        "/v2/contacts/activity",
        {"dateFrom": f"{since:%Y-%m-%dT%H:%M:%S}", "dateTo": f"{until:%Y-%m-%dT%H:%M:%S}", "maxrows": "100"},
    )
    activities = _json(answer, settings)
    if not isinstance(activities, list):
        raise _Trouble(f"{settings.url} answers with something other than activities.", "Check ESPUTNIK_API_URL.")
    times = []
    for activity in activities:
        try:
            time = datetime.fromisoformat(str(activity["activityDateTime"]))
        except (KeyError, TypeError, ValueError):
            continue
        times.append((time.astimezone(settings.zone) if time.tzinfo else time).replace(tzinfo=None))
    return times


def _call(settings: ApiSettings, path: str, parameters: dict[str, str] | None = None) -> requests.Response:
    try:
        answer = requests.get(settings.url + path, params=parameters, auth=(USER, settings.key), timeout=TIMEOUT)
    except requests.Timeout:
        raise _Trouble(f"{settings.url} did not answer within {TIMEOUT} seconds.", "Try again later.") from None
    except requests.RequestException as error:
        message = f"{settings.url} cannot be reached: {type(error).__name__}."
        raise _Trouble(message, "Check ESPUTNIK_API_URL, the network, and a proxy between.") from None
    if answer.ok:
        return answer
    if answer.status_code in (401, 403):
        raise _Trouble(
            f"{settings.url} refuses the key (HTTP {answer.status_code}).",
            "Check ESPUTNIK_API_KEY; the platform makes keys under Settings, API.",
        )
    if "ContactActivity" in answer.text:
        raise _Trouble("ContactActivity is not enabled for this account.", "Ask the platform's support to enable it.")
    if answer.status_code == 429 or answer.status_code >= 500:
        raise _Trouble(f"{settings.url} is busy or broken (HTTP {answer.status_code}).", "Try again later.")
    raise _Trouble(f"{settings.url}{path} answers HTTP {answer.status_code}.", "Check ESPUTNIK_API_URL.")


def _json(answer: requests.Response, settings: ApiSettings) -> Any:
    try:
        return answer.json()
    except requests.JSONDecodeError:
        raise _Trouble(
            f"{settings.url} answers with something other than JSON, as a proxy's login page would be.",
            "Check ESPUTNIK_API_URL and the proxy.",
        ) from None
