"""What the page of the sources says: how each does, since when, what to do about it, and what its budget comes to."""

from collections.abc import Mapping
from datetime import datetime

from core.blindness import SourceHealth, unread_since
from core.budgets import MENTIONS, budgets
from core.settings import SourceSettings
from web.wording import Speech, msg

# Worst first.
SOURCE_STATES: Mapping[str, str] = {
    "blind": msg("blind"),
    "failing": msg("failing"),
    "late": msg("late"),
    "spent": msg("out of budget"),
    "limited": msg("waiting for the platform"),
    "new": msg("not asked yet"),
    "healthy": msg("healthy"),
}
SOURCE_MARKS: Mapping[str, str] = {"blind": "critical", "failing": "high", "late": "medium", "spent": "low", "limited": "low"}
SOURCE_STEPS: Mapping[str, str] = {
    "unauthorized": msg("The platform refuses our credentials: renew the token in the configuration."),
    "rate_limited": msg("Nothing to do: Czujka asks again by itself."),
    "budget_spent": msg("The budget is spent: raise it in the configuration, or wait until it starts anew."),
    "usage_capped": msg("The platform's own limit is reached: raise it there, or wait until it starts anew."),
    "empty": msg("It answers with nothing at all: open its address in a browser, and ask whoever runs it."),
    "gone": msg("The address is no longer there: check it in the configuration."),
    "timeout": msg("The platform is slow or not reachable: check the network if it lasts."),
    "connect": msg("The platform is slow or not reachable: check the network if it lasts."),
    "bad_response": msg("The platform answers with something that cannot be read; Czujka tries again."),
}


def source_state(source: SourceSettings | None, health: SourceHealth, speech: Speech) -> str:
    """How it does in a few words; since when it is late or blind, until when it is out of budget."""
    since = unread_since(source, health) if source is not None else None
    if health.state == "late" and since is not None:
        return speech.say("late since {time}", time=speech.clock(since))
    if health.state == "blind" and since is not None:
        return speech.say("blind since {time}", time=speech.clock(since))
    if health.state == "spent" and health.next_poll_at is not None:
        return speech.say("out of budget until {time}", time=speech.clock(health.next_poll_at))
    return speech.say(SOURCE_STATES[health.state])


def sent_lines(kind: str, health: SourceHealth, address: str, speech: Speech) -> list[str]:
    """Where posts are to be sent, until the first one came."""
    if kind != "webhook" or health.items:
        return []
    where = f"{address}/in/{health.source_id}/posts"
    return [speech.say("Nothing came so far. Posts are to be sent, signed, to {address}", address=where)]


def budget_lines(health: SourceHealth, now: datetime, speech: Speech) -> list[str]:
    """What a month's budget comes to, where that is worth a line."""
    lines = []
    for budget in budgets(health, now):
        ends, mentions = budget.runs_out(now), budget.name == MENTIONS
        if mentions and budget.is_spent:
            again = speech.clock(budget.reset_at)
            lines.append(speech.say("Mentions are out of budget until {time}; the account's own posts go on from the reserve.", time=again))
        elif ends is not None:
            whose = msg("At this pace the budget for mentions is spent on {day}.")
            text = whose if mentions else msg("At this pace the budget is spent on {day}.")
            lines.append(speech.say(text, day=speech.day(ends)))
    return lines


def source_step(health: SourceHealth, speech: Speech) -> str:
    """What to do about a source that does not do well; '' when there is nothing."""
    if health.reason in SOURCE_STEPS and health.state != "healthy":
        return speech.say(SOURCE_STEPS[health.reason])
    if health.state in ("late", "blind"):
        return speech.say("Nothing came for longer than usual: look at the platform itself.")
    return ""
