"""SMS through Twilio: the line and the link that acknowledges, in as few segments as will do.

Source: Twilio, "Messages resource" (Body at most 1600 characters, more is error 21617 or 21658), "What is GSM-7 encoding?" and the error
dictionary, whose numbers may change (changelog of 10 July 2024): one that we do not know counts as its HTTP status says. 3GPP TS 23.038
(alphabet), TS 23.040 (a segment of a longer message holds 153 septets, or 67 units of UCS-2).
"""

import re
import unicodedata
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, HttpUrl

from alerts.channels.base import Capabilities, address, revealed, said, unreachable
from alerts.channels.base import refused as refused_by
from alerts.message import with_link
from alerts.quoting import one_line
from core.errors import DeliveryError, HttpError
from core.http import Answer, Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Message, Receipt

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "„": '"',
        "”": '"',
        "“": '"',
        "«": '"',
        "»": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "…": "...",
        "\xa0": " ",
    }
)

# What passes by itself although Twilio answers 400; every other named error wants a person.
_TEMPORARY = frozenset({14107, 20429, 21611, 30001, 30008, 30022, 30500})
_BAD_ADDRESS = frozenset({21211, 21217, 21265, 21401, 21408, 21421, 21610, 21614, 21635, 30003, 30004, 30005, 30006, 63033})
_UNAUTHORIZED = frozenset({20003, 20005, 20008, 20404, 30002})


class Settings(ChannelSettings):
    """SMS through Twilio.

    `account` is the account's SID (AC…), `token` its auth token, or with `key` (SK…) that key's secret. `sender` is a number such as
    +48732000000, a name of up to 11 letters, or a messaging service's SID (MG…). `letters` = "plain" (the default) writes Polish
    letters without their marks, so that a segment holds 160 characters in place of 70; "as_written" keeps them. `segments` is the most
    that one message may cost; the line is shortened, never the link. Contacts: "sms:+48601234567".
    """

    kind: Literal["sms"] = "sms"
    account: str = Field(pattern=r"^AC[0-9a-f]{32}$")
    key: str | None = Field(None, pattern=r"^SK[0-9a-f]{32}$")
    token: SecretRef
    sender: str = Field(pattern=r"^(\+[1-9][0-9]{5,14}|[0-9]{3,8}|MG[0-9a-f]{32}|[A-Za-z0-9 &_-]{1,11})$")
    to: str | None = Field(None, pattern=r"^\+[1-9][0-9]{5,14}$")
    letters: Literal["plain", "as_written"] = "plain"
    segments: int = Field(3, ge=1, le=10)
    base_url: HttpUrl = HttpUrl("https://api.twilio.com/")
    timeout: Duration = Field(timedelta(seconds=15), gt=timedelta(0))


capabilities = Capabilities(idempotent=False, edits=False, buttons=False, max_chars=1600)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """Send one text message. The receipt is Twilio's SID.

    Raises DeliveryError: permanent for numbers that cannot get messages, or no longer want any, and for logins that are refused.
    """
    sender = "MessagingServiceSid" if re.fullmatch(r"MG[0-9a-f]{32}", settings.sender) else "From"
    sent = {"To": _number(settings, contact), sender: settings.sender, "Body": fitting(message, settings.letters, settings.segments)}
    url = f"{str(settings.base_url).rstrip('/')}/2010-04-01/Accounts/{settings.account}/Messages.json"
    login = (settings.key or settings.account, revealed(settings.token))
    try:
        answer = http.post(url, data=sent, auth=login, timeout_s=settings.timeout.total_seconds(), max_bytes=1_000_000, follow=False)
    except HttpError as error:
        raise unreachable(error) from None
    if not 200 <= answer.status < 300:
        raise _refused(answer, message)
    return _receipt(said(answer, "Twilio"))


def fitting(message: Message, letters: str, segments: int) -> str:
    """The line and the link in at most so many segments; what does not fit is cut from the line."""
    whole = one_line(with_link(message), 1600)
    start = whole.rfind(" http")
    line, link = (whole[:start], whole[start:]) if start > 0 else (whole, "")
    text = spelled(line, letters)
    while text and count(text + link) > segments:
        text = f"{text.rstrip('.')[:-4].rstrip()}..."
        if len(text) <= 3:
            break
    return (text + link)[:1600]


def spelled(text: str, letters: str) -> str:
    """The text as it is, or in the letters that every phone has: marks fall away, what has no likeness shows as "?"."""
    if letters == "as_written":
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    kept = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter in _GSM or letter in _GSM_TWICE else "?" for letter in kept)


def count(text: str) -> int:
    """In how many segments the text travels."""
    if all(letter in _GSM or letter in _GSM_TWICE for letter in text):
        units, one, each = sum(2 if letter in _GSM_TWICE else 1 for letter in text), 160, 153
    else:
        units, one, each = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= one else -(-units // each)


def _number(settings: Settings, contact: Contact) -> str:
    number = re.sub(r"[\s().-]", "", address(contact) or settings.to or "")
    if not re.fullmatch(r"\+[1-9][0-9]{5,14}", number):
        raise DeliveryError(f"{one_line(number, 40)!r} is not a number such as +48601234567", permanent=True, reason="bad_address")
    return number


def _receipt(found: dict[str, Any]) -> Receipt:
    """Twilio may take a message and say at once that it will not arrive."""
    if not isinstance(found.get("sid"), str) or not found["sid"]:
        raise DeliveryError("the answer is not one of Twilio", permanent=False, reason="garbage")
    if found.get("status") in {"failed", "undelivered", "canceled"}:
        raise _named(found.get("error_code"), 400)
    return Receipt(remote_id=found["sid"])


def _refused(answer: Answer, message: Message) -> DeliveryError:
    error = refused_by(answer, "Twilio", message.sent_at)
    try:
        code = answer.json().get("code")
    except (HttpError, AttributeError):
        return error
    if not error.permanent or not isinstance(code, int):
        return error
    return _named(code, answer.status)


def _named(code: object, status: int) -> DeliveryError:
    """Twilio's own number for what is wrong; its words may quote the message, so they are not repeated."""
    number = code if isinstance(code, int) else 0
    permanent = number not in _TEMPORARY
    reason = "unauthorized" if number in _UNAUTHORIZED or status == 401 else "bad_address" if number in _BAD_ADDRESS else "rejected"
    return DeliveryError(
        f"Twilio: error {number or 'without a number'}", permanent=permanent, reason=reason if permanent else "unavailable"
    )
