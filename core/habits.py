"""How one of our accounts posts: with which program, when, in which language, to where it links. What the store tells the detector."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LABEL = "account.takeover"
SCORE = 0.9
HABITS = ("client", "hour", "language", "link", "burst")
_HOST = re.compile(r"https?://(?:www\.)?([\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One post of ours. `client` is the program it was sent by, '' where the platform does not say; `hosts` are where it links to."""

    at: datetime
    client: str = ""
    lang: str = ""
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """A fresh post of one of our accounts, and what the same account posted before, the newest first.

    `vouched` are posts that were found strange and of which people said that it was us; `ruled_out` the habits that are not to be reported.
    """

    post: Posted
    before: tuple[Posted, ...]
    vouched: tuple[Posted, ...] = ()
    ruled_out: frozenset[str] = frozenset()


def detector_of(habit: str) -> str:
    """What a finding about this habit is called."""
    return f"account.habits.{habit}@1"


def client_of(raw: Any) -> str:
    """The program that a platform names in what it sent: Mastodon's and Facebook's `application`, X's `source`, an export's `client`."""
    if not isinstance(raw, dict):
        return ""
    named = raw.get("application")
    told = named.get("name") if isinstance(named, dict) else named
    found = next((one for one in (told, raw.get("source"), raw.get("client")) if isinstance(one, str) and one.strip()), "")
    return found.strip().casefold()[:120]


def hosts_of(text: str) -> frozenset[str]:
    """The hosts that a text links to, in small letters."""
    return frozenset(found.casefold().rstrip(".") for found in _HOST.findall(text))
