"""The `devices` dataset: browsers and apps that can get pushes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from loader.sources.demo.contacts import LANGUAGES, NEVER, People
from loader.sources.demo.drawing import blank, flags_at, integers, joined, padded, rare, texts, weighted
from loader.sources.demo.settings import DemoSettings

SECOND_DEVICE_RATE = 0.08
NO_TOKEN_RATE = 0.06
NO_CONTACT_RATE = 0.02

_WEB, _ANDROID, _IOS = range(3)
_APPLICATIONS = (1_201, 1_202, 1_203)
_SYSTEMS = (
    ("Windows", "11"),
    ("Windows", "10"),
    ("macOS", "14.5"),
    ("Android", "14"),
    ("Android", "13"),
    ("iOS", "17.5"),
)
_SYSTEM_WEIGHTS = ((50, 20, 15, 10, 5, 0), (0, 0, 0, 60, 40, 0), (0, 0, 0, 0, 0, 1))
_MODELS = (
    ("Chrome", "Safari", "Firefox"),
    ("Galaxy A54", "Redmi Note 12", "Pixel 8"),
    ("iPhone 14", "iPhone 15", "iPhone SE"),
)
_CATEGORIES = ("DESKTOP", "MOBILE", "TABLET")
_ZONES = ("Europe/Kyiv", "Europe/Warsaw", "Europe/London", "Europe/Berlin")
_APP_VERSIONS = ("4.2.0", "4.1.3", "3.9.8")


def devices_table(settings: DemoSettings, people: People) -> pa.Table:
    """A row per device and application; some contacts have two, some devices no contact or no token any more."""
    rng = settings.stream("devices")
    web = np.flatnonzero(people.web_push_since < np.minimum(NEVER, settings.until))
    app = np.flatnonzero(people.mobile_push_since < np.minimum(NEVER, settings.until))
    second = app[rare(rng, np.ones(len(app), dtype=bool), SECOND_DEVICE_RATE)]
    person = np.concatenate([web, app, second])
    size = len(person)
    kind = np.where(np.arange(size) < len(web), _WEB, np.where(rng.random(size) < 0.62, _ANDROID, _IOS))
    system = np.choose(kind, [weighted(rng, weights, size) for weights in _SYSTEM_WEIGHTS])
    number = rng.permutation(size) + 1
    device_id = joined(texts(("web-", "and-", "ios-"), kind).cast(pa.string()), padded(number * 104_729 % 10**10, 10))
    tablet = (kind != _WEB) & (rng.random(size) < 0.08)
    everyone = np.ones(size, dtype=bool)
    return pa.table(
        {
            "appVersion": texts(_APP_VERSIONS, np.where(kind == _WEB, -1, rng.integers(0, 3, size))),
            "applicationId": integers(np.take(_APPLICATIONS, kind)),
            "category": texts(_CATEGORIES, np.where(kind == _WEB, 0, 1 + tablet)),
            "contactId": integers(people.contact_id[person], flags_at(size, rare(rng, everyone, NO_CONTACT_RATE))),
            "deviceId": device_id,
            "deviceModel": texts([name for names in _MODELS for name in names], 3 * kind + rng.integers(0, 3, size)),
            "externalCustomerId": people.identity.customer_number.take(pa.array(person)),
            "languageCode": texts(LANGUAGES, people.language[person]),
            "osType": texts([name for name, _ in _SYSTEMS], system),
            "osVersion": texts([version for _, version in _SYSTEMS], system),
            "pushToken": blank(
                joined("token:", padded(number * 7_919, 16)), flags_at(size, rare(rng, everyone, NO_TOKEN_RATE))
            ),
            "timeZone": texts(_ZONES, np.where(rng.random(size) < 0.1, -1, people.language[person] % 4)),
        }
    )
