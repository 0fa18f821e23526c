"""Whom the platform finds through each data source, and whom the warehouse knows beside its contacts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from .people import KEY_COLUMNS, normalised, people
from .profile import expected_profile, random_bucket
from .purchases import rounded
from .raw import Account, Order, Row
from .sales import sales
from .segments import expected_segments
from .settings import Settings

Rows = dict[Any, Row]

#: Columns whose values are audiences, and flags whose audience are those who have a 1.
CODES = {
    "seg_contact_profile": ("lifecycle_stage", "rfm_segment", "engagement_tier", "preferred_channel"),
    "seg_lifecycle": ("lifecycle_stage", "previous_lifecycle_stage"),
    "seg_rfm": ("rfm_segment", "previous_rfm_segment", "engagement_segment"),
    "seg_reachability": tuple(
        f"{channel}_block_reason" for channel in ("email", "email_triggered", "sms", "viber", "web_push", "mobile_push")
    ),
    "seg_engagement": ("engagement_tier", "preferred_channel"),
    "seg_purchase_milestones": ("milestone",),
    "seg_nps": ("nps_group",),
}
FLAGS = {
    "seg_contact_profile": ("reachable_email", "reachable_email_triggered", "reachable_sms", "reachable_push"),
    "seg_lifecycle": ("has_changed_stage", "is_win_back_candidate"),
    "seg_rfm": ("has_moved_up", "has_moved_down"),
    "seg_reachability": tuple(
        f"reachable_{channel}"
        for channel in ("email", "email_triggered", "sms", "viber", "web_push", "mobile_push", "push")
    ),
    "seg_engagement": ("is_sunset_candidate",),
    "seg_purchase_milestones": ("is_milestone_today", "is_milestone_recent"),
    "seg_churn_risk": ("is_overdue",),
    "seg_devices": ("has_ios", "has_android", "has_other_os", "reachable_web_push", "reachable_mobile_push"),
    "seg_product_interest": ("is_viewed_not_bought",),
}

Code = tuple[str | None, str, date | None, str | None]
"""A row of seed `personal_codes`: key, code, last day, description."""

SAMPLES = 20


def is_malformed(kind: str, key: str) -> bool:
    """An address needs a name, an @, a host with a dot, and no blank; a number has 7 to 15 digits."""
    if kind == "email":
        return re.fullmatch(r"[^@ ]+@[^@ ]+\.[^@ ]+", key) is None
    return kind == "sms" and not 7 <= len(key) <= 15


def source_rows(account: Account, codes: list[Code], settings: Settings) -> dict[str, list[tuple[Any, Row]]]:
    """Every source's rows, each with its key."""
    persons = people(account, settings)
    sources: dict[str, Rows] = {"seg_contact_profile": expected_profile(account, settings)}
    sources |= expected_segments(account, persons, sales(account, persons, settings), settings)
    found = {
        name: [(place[0] if isinstance(place, tuple) else place, row) for place, row in rows.items()]
        for name, rows in sources.items()
    }
    return found | {"src_personal_codes": [(key, row) for (key, _), row in personal_codes(codes, settings).items()]}


def personal_codes(codes: list[Code], settings: Settings) -> Rows:
    """By owner and rank: codes that one person alone claims and that can still be used, the first to expire first."""
    today = settings.day(settings.as_of)
    claims: dict[str, list[tuple[str, date, str, str | None]]] = defaultdict(list)
    for key, code, last, description in codes:
        if (owner := normalised(settings.contact_key, key)) is not None:
            claims[code.strip().upper()].append((owner, last or date.max, code.strip(), description))
    usable: dict[str, list[tuple[date, str, str | None]]] = defaultdict(list)
    for rows in claims.values():
        owner, last_day, code, description = max(rows, key=lambda row: row[1])
        if len({row[0] for row in rows}) == 1 and last_day >= today:
            usable[owner].append((last_day, code, description))
    return {
        (owner, rank): {
            "code": code,
            "expires_on": None if last_day == date.max else last_day,
            "days_to_expiry": None if last_day == date.max else (last_day - today).days,
            "description": description,
        }
        for owner, own in usable.items()
        for rank, (last_day, code, description) in enumerate(sorted(own, key=lambda one: one[:2]), start=1)
    }


def coverage(
    sources: Mapping[str, list[tuple[Any, Row]]], platform: Account, settings: Settings
) -> dict[tuple[str, str, str], Row]:
    """Rows by source, audience column and audience; `platform` has the contacts as they are there."""
    present = people(platform, settings)
    report: dict[tuple[str, str, str], Row] = {}
    for source, rows in sources.items():
        keys = {key for key, _ in rows}
        report[source, "all", "all"] = _sizes([key for key, _ in rows], set(present)) | {
            "malformed_keys": sum(is_malformed(settings.contact_key, key) for key in keys),
            "contact_keys_missing": len(present.keys() - keys),
            "as_of": settings.as_of,
            **_contact_counts(platform, settings),
        }
        members: dict[tuple[str, str], list[Any]] = {(flag, "1"): [] for flag in FLAGS.get(source, ())}
        for key, row in rows:
            for code in CODES.get(source, ()):
                if row[code] is not None:
                    members.setdefault((code, str(row[code])), []).append(key)
            for flag in FLAGS.get(source, ()):
                if row[flag]:
                    members[flag, "1"].append(key)
        for (column, audience), named in members.items():
            of_sources_only = dict.fromkeys(report[source, "all", "all"].keys() - {"as_of"})
            report[source, column, audience] = {
                **of_sources_only,
                **_sizes(named, set(present)),
                "as_of": settings.as_of,
            }
    return report


def _sizes(keys: list[Any], present: set[Any]) -> Row:
    distinct = set(keys)
    matched = len(distinct & present)
    return {
        "rows_in_source": len(keys),
        "keys_in_source": len(distinct),
        "keys_on_platform": matched,
        "keys_not_on_platform": len(distinct) - matched,
        "match_rate": rounded(matched / len(distinct), 4) if distinct else None,
    }


def _contact_counts(platform: Account, settings: Settings) -> Row:
    """What becomes of contacts whose key is null, malformed or shared."""
    kind = settings.contact_key
    counts = {"contacts": 0, "contacts_without_key": 0, "contacts_with_malformed_key": 0, "contacts_excluded": 0}
    keys: list[str] = []
    for contact in platform.contacts:
        created, value = contact.get("createdDate"), contact.get(KEY_COLUMNS[kind])
        if created is not None and created > settings.as_of:
            continue
        key = normalised(kind, value)
        is_empty = value is None or not str(value).strip()
        counts["contacts"] += 1
        counts["contacts_without_key"] += is_empty
        counts["contacts_with_malformed_key"] += not is_empty and (key is None or is_malformed(kind, key))
        counts["contacts_excluded"] += key is None
        if key is not None:
            keys.append(key)
    return counts | {"contact_keys": len(set(keys)), "contacts_merged": len(keys) - len(set(keys))}


def unmatched(sources: Mapping[str, list[tuple[Any, Row]]], platform: Account, settings: Settings) -> Rows:
    """By source and rank: up to twenty keys that no contact has, by their random buckets."""
    present = people(platform, settings)
    report: Rows = {}
    for source, rows in sources.items():
        counts = Counter(key for key, _ in rows if key not in present)
        drawn = sorted(counts, key=lambda key: (random_bucket(key), key))[:SAMPLES]
        for rank, key in enumerate(drawn, start=1):
            report[source, rank] = {
                "contact_key": key,
                "rows_in_source": counts[key],
                "is_malformed": int(is_malformed(settings.contact_key, key)),
            }
    return report


def people_not_on_platform(
    sources: Mapping[str, list[tuple[Any, Row]]], platform: Account, settings: Settings
) -> dict[tuple[str], Row]:
    """By key: buyers whose orders name no contact of the account, and keys of sources that no contact has."""
    kind = settings.contact_key
    present = people(platform, settings)
    contacts = {
        contact["contactId"]
        for contact in platform.contacts
        if contact.get("createdDate") is None or contact["createdDate"] <= settings.as_of
    }
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in platform.orders:
        key = normalised(kind, {"email": order.email, "sms": order.phone}.get(kind))
        if key is not None and key not in present and order.contact_id not in contacts:
            orders[key].append(order)
    holders: dict[str, set[str]] = defaultdict(set)
    for source, rows in sources.items():
        for key, _ in rows:
            if key not in present:
                holders[key].add(source)
    found: dict[tuple[str], Row] = {}
    for key in orders.keys() | holders.keys():
        own = sorted(orders.get(key, []), key=lambda order: (order.at, order.order_id))
        last = own[-1] if own else None
        found[(key,)] = {
            "key_field": kind,
            "email_address": normalised("email", last.email) if last else None,
            "phone_number": normalised("sms", last.phone) if last else None,
            "first_name": normalised("text", last.first_name) if last else None,
            "last_name": normalised("text", last.last_name) if last else None,
            "orders_count": sum(order.status in ("initialized", "in_progress", "delivered") for order in own),
            "last_order_at": last.at if last else None,
            "sources_count": len(holders.get(key, ())),
            "was_contact": int(any(order.contact_id is not None for order in own)),
            "is_malformed": int(is_malformed(kind, key)),
            {"email": "email_address", "sms": "phone_number"}[kind]: key,
        }
    return found
