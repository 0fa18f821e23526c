"""The channels: how the export spells them, how people react in them, and why messages fail."""

from __future__ import annotations

from dataclasses import dataclass

EMAIL, SMS, VIBER, WEB_PUSH, MOBILE_PUSH, APP_INBOX, IN_APP, WIDGET, TELEGRAM = range(9)


@dataclass(frozen=True)
class Channel:
    """One channel.

    Attributes:
        spelling: media type as the export mostly writes it.
        odd_spelling: the same in another spelling that exports have.
        opens: what the person's open rate is multiplied by; 0 where the channel reports no opens.
        clicks: what the person's click rate is multiplied by.
        failures: share of sends that are not delivered, dead e-mail addresses aside.

    """

    spelling: str
    odd_spelling: str
    opens: float
    clicks: float
    failures: float


CHANNELS = (
    Channel("Email", "email", 1.0, 1.0, 0.008),
    Channel("Sms", "SMS", 0.0, 0.15, 0.03),
    Channel("Viber", "viber", 1.8, 0.8, 0.06),
    Channel("WebPush", "webpush", 0.0, 0.1, 0.05),
    Channel("MobilePush", "Mobile_Push", 0.5, 1.2, 0.04),
    Channel("AppInbox", "App Inbox", 0.7, 0.8, 0.0),
    Channel("In-App", "InApp", 2.2, 1.5, 0.0),
    Channel("Widget", "widget", 2.5, 1.5, 0.0),
    Channel("Telegram", "telegram", 0.0, 0.2, 0.02),
)
#: Both spellings of every channel, odd ones in the second half.
SPELLINGS = (*(channel.spelling for channel in CHANNELS), *(channel.odd_spelling for channel in CHANNELS))
ODD_SPELLING_RATE = 0.01

HARD_BOUNCES = (
    "550 5.1.1 The email account that you tried to reach does not exist",
    "550 5.1.1 <recipient>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.1.2 Bad destination system address, host not found",
    "551 5.1.6 Mailbox has moved, no forwarding address",
)
OTHER_BOUNCES = (
    "452 4.2.2 The recipient's mailbox is full and cannot accept mail right now",
    "451 4.7.1 Greylisted, please try again later",
    "421 4.4.2 Connection timed out",
    "554 5.7.1 Message rejected as spam by content filter",
    "550 5.7.1 Sending address has poor reputation, blocked by policy",
    "550 5.7.26 Unauthenticated mail is prohibited: SPF and DKIM did not pass",
    "Delivery failed",
    "smtp; reason not given",
)
SMS_FAILURES = ("UNKNOWN_SUBSCRIBER", "Absent subscriber", "EXPIRED")
VIBER_FAILURES = ("User is not a Viber subscriber", "EXPIRED", "User blocked the sender")
PUSH_FAILURES = ("NotRegistered", "InvalidRegistration", "Unregistered")
TELEGRAM_FAILURES = ("Forbidden: bot was blocked by the user",)

FAILURES = (*HARD_BOUNCES, *OTHER_BOUNCES, *SMS_FAILURES, *VIBER_FAILURES, *PUSH_FAILURES, *TELEGRAM_FAILURES)


def _span(reasons: tuple[str, ...]) -> tuple[int, int]:
    first = FAILURES.index(reasons[0])
    return first, first + len(reasons)


#: Per channel, the positions in FAILURES (from, up to) of what its failures say; dead addresses apart.
FAILURE_SPANS = tuple(
    _span(reasons)
    for reasons in (
        *(OTHER_BOUNCES, SMS_FAILURES, VIBER_FAILURES, PUSH_FAILURES, PUSH_FAILURES),
        *(PUSH_FAILURES, PUSH_FAILURES, PUSH_FAILURES, TELEGRAM_FAILURES),
    )
)
