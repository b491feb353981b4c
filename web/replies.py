"""What became of an answer on a platform, in plain words, and what to do about it."""

from collections.abc import Mapping

from core.replies import ReplyKind, ReplyRow
from web.wording import Speech, msg

STATES: Mapping[str, str] = {
    "approval": msg("waits for a second pair of eyes"),
    "waiting": msg("is on its way"),
    "checking": msg("may be there: the thread is being read"),
    "undecided": msg("nobody knows whether it is there: look at the platform"),
    "sent": msg("sent"),
    "failed": msg("not sent"),
    "withdrawn": msg("withdrawn"),
}
KINDS: Mapping[ReplyKind, str] = {ReplyKind.REPLY: msg("Reply"), ReplyKind.LIKE: msg("Like"), ReplyKind.HIDE: msg("Hide")}
MENDS: Mapping[str, str] = {
    "refused": msg("The platform refuses our token: give it the right to write, then send again."),
    "expired": msg("The platform refuses our token: give it the right to write, then send again."),
    "cannot": msg("The platform does not take this from programs: do it there."),
    "gone": msg("The post is not there any more."),
    "rejected": msg("The platform does not take this text: change it, or answer there."),
    "rate_limited": msg("The platform asked to wait for too long: send it again later."),
    "off": msg("Answering by this source was switched off before it went out."),
}


def reply_line(row: ReplyRow, speech: Speech) -> str:
    """What it is and how it stands."""
    return f"{speech.say(KINDS[row.kind])}: {speech.say(STATES[row.state])}"


def reply_mend(row: ReplyRow, speech: Speech) -> str:
    """What to do about one that failed; '' where there is nothing to do."""
    if row.state != "failed":
        return ""
    return speech.say(MENDS[row.reason]) if row.reason in MENDS else speech.say("The platform could not be reached: send it again.")
