"""What people answer, what widgets bring, and the devices that they use."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .people import Person, key_by_contact
from .raw import Account, Row
from .reachability import Reachability, device_channel
from .sales import month_after
from .sales_reports import Rows, grouped
from .sends import sends
from .settings import Settings

#: Month, source, person, moment and score of an answer.
Answer = tuple[date, str, Any, datetime, int]


def events_once(account: Account) -> list[Row]:
    """One event = its eventId within one UTC day."""
    return list(
        {(event["eventId"], event["occured"].astimezone(UTC).date()): event for event in account.events}.values()
    )


def event_answers(account: Account, keys: dict[int, Any], settings: Settings) -> list[Answer]:
    found = []
    for event in events_once(account):
        if event["eventTypeKey"] == settings.nps_event_type_key:
            parameters = {one["name"]: one["value"] for one in json.loads(event.get("paramsJson") or "[]")}
            at, score = event["occured"], str(parameters.get(settings.nps_parameter, ""))
            if score.isdigit() and int(score) <= 10:
                month = settings.day(at).replace(day=1)
                found.append((month, "event", keys.get(event["contactId"]), at, int(score)))
    return found


def click_answers(account: Account, keys: dict[int, Any], settings: Settings) -> list[Answer]:
    """Several scores of one send within 60 seconds are a machine's and dropped."""
    found = []
    for send in sends(account.activities, settings):
        scores = []
        for click in send.clicks:
            match = re.search(settings.nps_link_pattern, click.link or "") if settings.nps_link_pattern else None
            if match and int(match[1]) <= 10:
                scores.append((click, int(match[1])))
        for click, score in scores:
            near = {other for one, other in scores if abs(one.at - click.at) <= timedelta(seconds=60)}
            if len(near) == 1:
                month = settings.day(click.at).replace(day=1)
                found.append((month, click.channel, keys.get(click.contact_id or 0), click.at, score))
    return found


def nps(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """By month and source, thirteen months: the latest answer of a person counts."""
    keys = key_by_contact(persons)
    first = month_after(settings.day(settings.as_of).replace(day=1), -12)
    answers = event_answers(account, keys, settings) + click_answers(account, keys, settings)
    rows: Rows = {}
    for group, given in grouped(answers, lambda answer: answer[:2]).items():
        if group[0] < first:
            continue
        own = grouped([answer for answer in given if answer[2] is not None], lambda answer: answer[2])
        latest = [max(mine, key=lambda answer: (answer[3], -answer[4]))[4] for mine in own.values()]
        promoters, detractors = sum(score >= 9 for score in latest), sum(score <= 6 for score in latest)
        rows[group] = {
            "answers": len(latest),
            "promoters": promoters,
            "passives": len(latest) - promoters - detractors,
            "detractors": detractors,
            "nps": promoters / len(latest) - detractors / len(latest) if latest else None,
            "replaced_answers": sum(map(len, own.values())) - len(latest),
            "unknown_answers": sum(answer[2] is None for answer in given),
        }
    return rows


def widgets(account: Account, settings: Settings) -> Rows:
    """By widget and day of the last 365: sends of the channel, and subscriptions on their own day."""
    shown = [
        send
        for send in sends(account.activities, settings)
        if send.channel == "widget" and settings.within(send.at, 365)
    ]
    subscriptions = [
        activity
        for activity in account.activities
        if activity.channel == "widget"
        and activity.activity_type in ("SUBSCRIPTION_CHANGED", "PUSH_SUBSCRIBED")
        and settings.within(activity.at, 365)
    ]
    names = {message["messageId"]: message["name"] for message in account.messages}
    views = grouped(shown, lambda send: (send.activities[0].message_id, settings.day(send.at)))
    subscribed = grouped(subscriptions, lambda activity: (activity.message_id, settings.day(activity.at)))
    rows: Rows = {}
    for place in views.keys() | subscribed.keys():
        own = views.get(place, [])
        arrived = [send for send in own if send.deliveries]
        opened, clicked = sum(bool(send.opens) for send in own), sum(bool(send.clicks) for send in own)
        contacts = len({activity.contact_id for activity in subscribed.get(place, [])})
        rows[place] = {
            "widget_name": names.get(place[0], "unknown"),
            "shown": len(arrived),
            "contacts": len({send.contact_id for send in arrived}),
            "opened": opened,
            "interactions": clicked,
            "subscribed": contacts,
            "open_rate": opened / len(arrived) if arrived else None,
            "interaction_rate": clicked / len(arrived) if arrived else None,
            "subscription_rate": contacts / len(arrived) if arrived else None,
        }
    return rows


def active_people(account: Account, keys: dict[int, Any], settings: Settings) -> set[Any]:
    """Who opened or clicked, machines aside, or caused an event, in the last 30 days."""
    reacted = [
        send.contact_id
        for send in sends(account.activities, settings)
        if any(settings.within(activity.at, 30) for activity in send.human_opens + send.human_clicks)
    ]
    caused = [event["contactId"] for event in account.events if settings.within(event["occured"], 30)]
    return {keys[contact_id] for contact_id in reacted + caused if contact_id in keys}


def devices(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """By application, version, system and its version."""
    keys = key_by_contact(persons)
    reach, active = Reachability(account, settings), active_people(account, keys, settings)

    def kind(device: Row) -> tuple[Any, ...]:
        return (
            device["applicationId"],
            device.get("appVersion") or "none",
            device.get("osType") or "unknown",
            device.get("osVersion") or "unknown",
        )

    def is_reachable(device: Row) -> bool:
        owner = keys.get(device["contactId"])
        if owner is None or not device.get("pushToken"):
            return False
        return not reach.stands_against(device_channel(device), persons[owner].contact_ids)

    rows: Rows = {}
    for place, alike in grouped(account.devices, kind).items():
        reachable = [device for device in alike if is_reachable(device)]
        owners = {keys[device["contactId"]] for device in alike if device["contactId"] in keys}
        rows[place] = {
            "channel": device_channel(alike[0]),
            "devices": len(alike),
            "people": len(owners),
            "reachable_devices": len(reachable),
            "reachable_people": len({keys[device["contactId"]] for device in reachable}),
            "active_people_30d": len(owners & active),
            "reachable_rate": len(reachable) / len(alike),
        }
    return rows
