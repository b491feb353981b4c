"""What the pages say beyond the facts: what to do next with an incident, what an event means."""

from collections.abc import Mapping

from core.likeness.alike import explained
from core.records import Event
from web.wording import SEVERITIES, STATES, Speech, msg

STEPS: Mapping[str, tuple[str, ...]] = {
    "leak": (
        msg("Do not answer in public: it would spread."),
        msg("Ask the author to delete it, or report it to the platform."),
        msg("Change what leaked: passwords, keys, plans. Tell those concerned."),
    ),
    "crisis": (
        msg("Stop scheduled posts."),
        msg("Agree on one statement and on one person who speaks."),
        msg("Answer where it began, with facts and the time of the next news."),
    ),
    "account": (
        msg("Freeze who may publish, change the password, end all sessions."),
        msg("Save what was posted, then remove it."),
        msg("Say openly that it was not us."),
    ),
    "account.unregistered": (
        msg("Find out who runs it: ask the teams, then the account itself."),
        msg("If it is ours, put it into the register; if a fan's or a partner's, settle it with a reason."),
        msg("If somebody poses as us, report it to the platform."),
    ),
    "account.review_due": (
        msg("Look who can sign in, whether two-factor is on, and where the recovery address leads."),
        msg("Say in the register how it stands."),
    ),
    "account.owner_left": (
        msg("Name who answers for the account now."),
        msg("Take their access away, if that has not been done."),
    ),
    "account.access_left": (
        msg("Take their access away today, and change what they knew."),
        msg("Say in the register who has access now."),
    ),
    "account.no_two_factor": (
        msg("Switch two-factor sign-in on."),
        msg("Say in the register how it stands."),
    ),
    "account.single_access": (
        msg("Give a second person access, so that somebody can step in."),
        msg("Say in the register who has access now."),
    ),
    "account.gone": (
        msg("Look at the platform: was it closed, suspended or taken?"),
        msg("Get it back by the recovery contact, or end it in the register."),
    ),
    "account.renamed": (
        msg("Ask whoever has access whether they renamed it."),
        msg("If nobody did, treat it as taken over. If somebody did, bring the register up to date."),
    ),
    "policy.undisclosed": (
        msg("Praise is welcome; the clause asks only to say where one works."),
        msg("Write in private: “Thank you for the kind words! Could you add that you work with us? A short note is enough.”"),
        msg("Note what was agreed."),
    ),
    "policy": (
        msg("Read the post in its context before you judge."),
        msg("Talk to the author in private, not under the post."),
        msg("Note what was agreed."),
    ),
    "complaint.safety": (
        msg("Ask what happened, when, and whether anyone needs help."),
        msg("Tell quality control today."),
        msg("Take the talk to private messages."),
    ),
    "complaint": (
        msg("Find the common cause and say who mends it."),
        msg("Answer each in their own words; one honest text may be reused."),
        msg("Tell them when they will hear more."),
    ),
}

_LINES: Mapping[str, str] = {
    "opened": msg("Opened"),
    "grew": msg("More posts joined"),
    "signal": msg("The numbers stand out"),
    "eased": msg("The numbers are usual again"),
    "severity": msg("Severity changed"),
    "participant": msg("Another team takes part"),
    "page": msg("Paged"),
    "fallback": msg("Paged the fallback"),
    "acknowledge": msg("Acknowledged"),
    "acknowledged": msg("Acknowledged"),
    "resolve": msg("Resolved"),
    "resolved": msg("Resolved"),
    "snooze": msg("Snoozed"),
    "snoozed": msg("Snoozed"),
    "reopen": msg("Reopened"),
    "reopened": msg("Reopened"),
    "revealed": msg("Looked at the personal data"),
    "note": msg("Note"),
    "irrelevant": msg("The whole story is irrelevant"),
    "merged": msg("Another incident was merged into this one"),
    "merged_into": msg("Merged into another incident"),
    "split": msg("Some posts became an incident of their own"),
    "split_from": msg("Split off from another incident"),
    "handed_over": msg("Handed over to another team"),
    "policy": msg("Escalates by today's policy"),
    "duty": msg("Legal duty decided"),
    "shared": msg("Situation report shared by a link"),
    "share_ended": msg("Link to the situation report ended"),
    "calmed": msg("Pages nobody any more"),
}

REASONS: Mapping[str, str] = {
    "severity": msg("it is severe enough by itself"),
    "volume": msg("many different people within a few hours"),
    "same_story": msg("the same story"),
    "near_duplicate": msg("nearly the same words"),
    "returned": msg("it came back soon after it was resolved"),
    "volume_high": msg("many more people by now"),
    "repeated": msg("it was said again"),
    "raised": msg("a post of higher severity joined"),
    "may_page_now": msg("a fresh post joined"),
    "step_due": msg("the next step was due"),
    "step_empty": msg("the step before reached nobody"),
    "repeat": msg("nobody had answered yet"),
    "catch_up": msg("late: Czujka had not been running"),
    "ack_expired": msg("it was acknowledged, but not resolved in time"),
    "snooze_ended": msg("the snooze ended"),
    "nobody_on_call": msg("nobody was on call"),
    "nobody_answered": msg("nobody answered"),
    "nobody_reachable": msg("nobody could be reached"),
    "quiet_hours": msg("held back for quiet hours"),
    "nothing_left": msg("no further step is left"),
    "irrelevant": msg("more of an irrelevant story"),
    "numbers": msg("far more than usual, and what people say is bad"),
    "numbers_usual": msg("every series that stood out is usual again"),
    "split": msg("people split it off"),
    "done": msg("done"),
    "not_applicable": msg("does not apply here"),
    "mended": msg("what caused it was mended"),
    "settled_registered": msg("the account is in the register now"),
    "settled_tolerated": msg("the account may go on"),
    "settled_reported": msg("it was reported to the platform"),
    "unregistered": msg("it uses the brand, and nobody has registered it"),
    "review_due": msg("nobody has looked at it for long"),
    "owner_left": msg("who answers for it is no longer here"),
    "access_left": msg("somebody who has access is no longer here"),
    "no_two_factor": msg("the register says so"),
    "single_access": msg("the register names nobody else"),
    "gone": msg("the platform answers that it is not there"),
    "renamed": msg("its newest post carries another handle"),
    "ruled_out": msg("the rule that found it was put on trial, or reports from a higher score"),
}


def steps_for(label: str, speech: Speech) -> list[str]:
    """What to do about an incident of this label, in order."""
    parts = label.split(".")
    names = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return [speech.say(step) for step in next((STEPS[name] for name in names if name in STEPS), STEPS["complaint"])]


def event_line(event: Event, speech: Speech, owner_names: Mapping[str, str], people: Mapping[str, str]) -> str:
    """One line of an incident's history, in plain words."""
    detail = event.detail
    if event.kind == "severity" and {"from", "to"} <= set(detail):
        was, now = (speech.say(SEVERITIES.get(str(detail[key]), str(detail[key]))) for key in ("from", "to"))
        return speech.say("Severity: {was} → {now}", was=was, now=now)
    if event.kind == "grew" and isinstance(detail.get("items"), int):
        return speech.count("{n} more post joined", "{n} more posts joined", detail["items"])
    if event.kind == "participant" and "owner" in detail:
        return speech.say("{owner} takes part", owner=owner_names.get(str(detail["owner"]), str(detail["owner"])))
    line = speech.say(_LINES.get(event.kind, STATES.get(event.kind, event.kind)))
    words = str(detail.get("text") or detail.get("because") or detail.get("statement") or "")
    if words:
        return f"{line}: {words}"
    told = [people.get(str(person), str(person)) for person in detail.get("people") or detail.get("to") or ()]
    return f"{line}: {', '.join(dict.fromkeys(told))}" if told else line


def taken_lines(event: Event, texts: Mapping[int, str], speech: Speech) -> list[str]:
    """With which post each was taken, how alike they are, and by which words, where those may be shown."""
    lines = []
    for item_id, with_id, alike, words in explained(event.detail.get("taken"), texts):
        line = speech.say("Post {item} was taken with post {other}: {alike} % alike", item=item_id, other=with_id, alike=alike)
        lines.append(f"{line} ({', '.join(words)})" if words else line)
    return lines


def event_reason(event: Event, speech: Speech) -> str:
    """Why it happened, or by what somebody did it, in plain words; '' where the line says it already."""
    if "channel" in event.detail:
        return speech.say("by a button in {channel}", channel=str(event.detail["channel"]))
    return speech.say(REASONS[event.reason]) if event.reason in REASONS else ""
