"""The pages' words: which language a reader gets, how times, durations and numbers are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup

from core import labels
from core.i18n import LANGUAGES, words
from core.manners import Fault

ROOM = Path(__file__).resolve().parent
LANGUAGE_COOKIE = "czujka_language"
_MILLION = 999_500
"""From here on a number is told in millions: it rounds to one."""


def msg(message: str) -> str:
    """Marks a message that is said later, so that the catalogue has it."""
    return message


def pick_language(cookie: str | None, accept: str | None, fallback: str) -> str:
    """The reader's choice, else what the browser asks for, else the company's first. Source: RFC 9110, Accept-Language."""
    if cookie in LANGUAGES:
        return cookie
    wishes = [_wish(part) for part in (accept or "").split(",")[:20]]
    known = [(weight, -index, language) for index, (language, weight) in enumerate(wishes) if language in LANGUAGES and weight > 0]
    return max(known)[2] if known else fallback


def _wish(part: str) -> tuple[str, float]:
    tag, _, weight = part.strip().partition(";q=")
    try:
        return tag.split("-")[0].strip().lower(), float(weight or 1)
    except ValueError:
        return "", 0.0


@dataclass(frozen=True, slots=True)
class Speech:
    """One reader's language, zone and present instant (aware UTC)."""

    language: str
    zone: ZoneInfo
    now: datetime

    def say(self, message: str, /, **values: object) -> str:
        """A message in the reader's language."""
        return words(ROOM, self.language).say(message, **values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A message with a number; {n} shows as the reader writes numbers."""
        return words(ROOM, self.language).count(one, many, n, **values)

    def number(self, n: float) -> str:
        return str(format_decimal(n, locale=self.language))

    def reach(self, followers: int | None) -> str:
        """How many may have seen it: "12 k followers"; unknown is said to be unknown."""
        if followers is None:
            return self.say("reach unknown")
        if followers < 1000:
            return self.count("{n} follower", "{n} followers", followers)
        shown = self._scaled(followers)
        return self.say("{n} k followers", n=shown) if followers < _MILLION else self.say("{n} M followers", n=shown)

    def short(self, n: int) -> str:
        """A number to be read from afar: "950", "1.8 k", "12 k", "3.4 M"."""
        if n < 1000:
            return self.number(n)
        return self.say("{n} k", n=self._scaled(n)) if n < _MILLION else self.say("{n} M", n=self._scaled(n))

    def _scaled(self, n: int) -> str:
        """Thousands or millions, with two digits at least."""
        value = n / 1000 if n < _MILLION else n / 1_000_000
        return self.number(round(value, 1) if value < 10 else round(value))

    def exact(self, at: datetime) -> str:
        """The local time in full: "Friday 20 November 2026, 02:14". Polish days are cut short, else "od" and "do" would bend them."""
        local = at.astimezone(self.zone)
        day, seconds = "EEE" if self.language == "pl" else "EEEE", "" if local.second == 0 else ":ss"
        return str(format_datetime(local, f"{day} d MMMM y, HH:mm{seconds}", locale=self.language))

    def clock(self, at: datetime) -> str:
        """The local time, short: "02:14" today, "20 Nov 02:14" on other days."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone).date()
        return str(format_datetime(local, "HH:mm" if local.date() == today else "d MMM HH:mm", locale=self.language))

    def span(self, length: timedelta) -> str:
        """A duration as a clock that counts: "45 s", "4 min", "2 h 5 min", "3 d 4 h"."""
        seconds = max(0, int(length.total_seconds()))
        days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
        if days:
            return " ".join([self.count("{n} d", "{n} d", days), *([self.say("{n} h", n=hours)] if hours and days < 7 else [])])
        if hours:
            return " ".join([self.say("{n} h", n=hours), *([self.say("{n} min", n=minutes)] if minutes and hours < 6 else [])])
        return self.say("{n} min", n=minutes) if minutes else self.say("{n} s", n=seconds)

    def day(self, at: datetime) -> str:
        """A day's name and date: "Fri 20 Nov"."""
        return str(format_datetime(at.astimezone(self.zone), "EEE d MMM", locale=self.language))

    def hours(self, start: datetime, end: datetime) -> str:
        """A stretch inside one day: "00:00-09:00"."""
        first, last = start.astimezone(self.zone), end.astimezone(self.zone)
        return f"{first:%H:%M}\N{EN DASH}{'24:00' if f'{last:%H:%M}' == '00:00' else f'{last:%H:%M}'}"

    def trouble(self, trouble: str) -> str:
        """What the look ahead found."""
        return self.say(TROUBLES[trouble])

    def ago(self, at: datetime) -> Markup:
        """ "4 min ago", with the exact local time for the mouse and for screen readers."""
        passed = self.now - at
        if passed < timedelta(seconds=-1):
            return self._time(at, self.say("in {span}", span=self.span(-passed)))
        if passed < timedelta(seconds=10):
            return self._time(at, self.say("just now"))
        return self._time(at, self.say("{span} ago", span=self.span(passed)))

    def at(self, at: datetime) -> Markup:
        """The short local time, with the exact one for the mouse."""
        return self._time(at, self.clock(at))

    def _time(self, at: datetime, shown: str) -> Markup:
        return Markup('<time datetime="{}" title="{} ({})">{}<span class="sr">, {}</span></time>').format(
            f"{at:%Y-%m-%dT%H:%M:%SZ}", self.exact(at), self.zone.key, shown, self.exact(at)
        )


SEVERITIES: Mapping[str, str] = {
    "critical": msg("critical"),
    "high": msg("high"),
    "medium": msg("medium"),
    "low": msg("low"),
    "info": msg("info"),
}
STATES: Mapping[str, str] = {
    "open": msg("open"),
    "acknowledged": msg("acknowledged"),
    "resolved": msg("resolved"),
    "new": msg("new"),
    "assigned": msg("assigned"),
    "answered": msg("answered"),
    "closed": msg("closed"),
    "waiting": msg("under way"),
    "sent": msg("sent"),
    "failed": msg("not delivered"),
    "moved": msg("passed on to the next contact"),
    "withdrawn": msg("withdrawn before it was sent"),
}
OUTCOMES: Mapping[str, str] = {
    "sent": msg("sent"),
    "retry": msg("failed, tried again later"),
    "failed": msg("failed for good"),
    "unknown": msg("no answer came; may have arrived"),
}
CONTACTS: Mapping[str, str] = {"email": msg("e-mail"), "slack": "Slack", "webhook": "webhook"}
TROUBLES: Mapping[str, str] = {
    "gap": msg("nobody is on call"),
    "no_contact": msg("has no contact that works"),
    "step_nobody": msg("a step of the escalation pages nobody"),
    "override_left": msg("an override names somebody who has left"),
    "unreadable": msg("hours or hand-overs cannot be read"),
    "no_fallback": msg("has no fallback contact"),
}
DUTIES: Mapping[str, str] = {
    "consumer_complaint": msg("A consumer's complaint: answer within 14 days"),
    "personal_data_breach": msg("Personal data breach: notify within 72 hours"),
    "inside_information": msg("Inside information: publish as soon as possible"),
}
FAULTS: Mapping[Fault, str] = {
    Fault.QUARREL: msg("blame or mockery"),
    Fault.FORMULA: msg("nothing but courtesy"),
    Fault.UNANSWERED: msg("a question left open"),
}
DECISIONS: Mapping[str, str] = {"done": msg("done"), "not_applicable": msg("does not apply here")}
ILLS: Mapping[str, str] = {
    "rules": msg("rules"),
    "unasked": msg("never asked"),
    "failing": msg("failing"),
    "blind": msg("blind"),
    "silent": msg("silent"),
    "unreadable": msg("unreadable"),
    "stuck": msg("stuck"),
    "unreached": msg("not reached"),
    "letter": msg("letter"),
    "hook": msg("hook"),
    "damaged": msg("damaged"),
    "tampered": msg("tampered"),
    "canary": msg("canary"),
}
FILTERS: Mapping[str, str] = {
    "owner": msg("Team"),
    "brand": msg("Brand"),
    "platform": msg("Platform"),
    "label": msg("What it is about"),
    "severity": msg("Severity"),
    "state": msg("State"),
    "lang": msg("Language of a post"),
    "me": msg("Mine"),
    "words": msg("Words"),
}
APPLIES: Mapping[str, str] = {
    "official": msg("official accounts"),
    "personal": msg("personal accounts"),
    "executive": msg("executives' accounts"),
}
INDUSTRIES: Mapping[str, str] = {
    "finance": msg("Finance"),
    "healthcare": msg("Healthcare"),
    "technology": msg("Technology"),
    "retail": msg("Retail"),
}
TRIGGERS: Mapping[str, str] = {
    "yearly": msg("not looked at for long"),
    "platform": msg("a new platform"),
    "breaches": msg("breached again and again"),
    "crisis": msg("a crisis is over"),
    "leak": msg("a confirmed leak"),
    "takeover": msg("a confirmed takeover"),
    "law": msg("the law changed"),
    "strategy": msg("our strategy changed"),
    "lesson": msg("an incident or an exercise taught something"),
}
KEPT: Mapping[str, str] = {"kept": msg("kept as it is"), "changed": msg("changed")}
STAGES: Mapping[str, str] = {
    "draft": msg("draft"),
    "scheduled": msg("scheduled"),
    "in_force": msg("in force"),
    "superseded": msg("superseded"),
    "withdrawn": msg("dropped"),
}
CONSENTS: Mapping[str, str] = {
    "invited": msg("asked"),
    "proven": msg("account confirmed"),
    "granted": msg("agreed"),
    "declined": msg("did not agree"),
    "withdrawn": msg("taken back"),
    "lapsed": msg("lapsed"),
}
TONGUES: Mapping[str, str] = {"pl": msg("Polish"), "en": msg("English")}
SAID: Mapping[str, str] = {"right": msg("right"), "wrong": msg("wrong"), "other": msg("something else")}
FEELINGS: Mapping[str, str] = {"negative": msg("negative"), "neutral": msg("neutral"), "positive": msg("positive")}
PLATFORMS: Mapping[str, str] = {"rss": msg("News feed"), "file": msg("File"), "webhook": msg("Sent to us")}


def platform_name(speech: Speech, platform: str) -> str:
    """How a platform writes itself."""
    return speech.say(PLATFORMS[platform]) if platform in PLATFORMS else labels.platform_name(platform)
