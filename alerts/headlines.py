"""What an incident is called, by its label: one short phrase in the reader's language."""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.i18n import Words, words
from core.labels import label_name, platform_name

ROOM = Path(__file__).resolve().parent

PLATFORMS = {
    "x": "on X",
    "facebook": "on Facebook",
    "instagram": "on Instagram",
    "mastodon": "on Mastodon",
    "bluesky": "on Bluesky",
    "reddit": "on Reddit",
    "rss": "in a news feed",
    "file": "in an imported file",
    "webhook": "in what another program sent",
}


def speak(language: str) -> Words:
    """The words of this room."""
    return words(ROOM, language)


def zone(name: str) -> ZoneInfo:
    """The reader's zone; UTC where the name is not known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def headline(label: str, term: str, language: str) -> str:
    """The phrase for a label, or for its nearest ancestor; `term` is the code name, where one was seen."""
    spoken = speak(language)
    if label == "leak.codename" and term:
        return spoken.say('Leak: code name "{term}"', term=term)
    return label_name(label, language)


def where(platform: str, language: str) -> str:
    """On which platform: "on X", „na Facebooku”."""
    known = PLATFORMS.get(platform)
    return speak(language).say(known) if known else speak(language).say("on {platform}", platform=platform_name(platform))


def reach(followers: int | None, language: str) -> str:
    """How many follow an author: "12 k followers"; unknown is said to be unknown."""
    spoken = speak(language)
    if followers is None:
        return spoken.say("reach unknown")
    if followers < 1000:
        return spoken.count("{n} follower", "{n} followers", followers)
    short, unit = (followers / 1_000_000, "{n} M followers") if followers >= 999_500 else (followers / 1000, "{n} k followers")
    return spoken.say(unit, n=_decimal(short, language))


def _decimal(value: float, language: str) -> str:
    """One digit after the point below ten, none from there on; whole numbers without."""
    text = f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"
    return text.replace(".", ",") if language == "pl" else text
