"""The mail to whoever wrote an answer that did not go out, or of which nobody knows whether it did."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from core.mailing import MAIL
from core.replies import ReplyKind, ReplyRow, ReplyState
from core.settings import Settings
from core.text import strip_controls
from reports.mail import address_of
from reports.wording import Speech, msg

WHAT: Mapping[ReplyKind, str] = {
    ReplyKind.REPLY: msg("Your reply was not sent"),
    ReplyKind.LIKE: msg("Your like was not given"),
    ReplyKind.HIDE: msg("The post was not hidden"),
}


def build_unsent(row: ReplyRow, settings: Settings, recipient: str, language: str, sent_at: datetime) -> EmailMessage:
    """What happened, what was written, and where to go on. Raises ConfigError: not an address."""
    say = Speech(language).say
    undecided = row.state is ReplyState.UNDECIDED
    subject = say("Is your reply there? Please look") if undecided else say(WHAT[row.kind])
    page = (settings.web.url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/") + f"/conversations/{row.conversation_id}"
    why = (
        say("The platform gave no answer, and the thread does not show it. It is not sent again until you say so.")
        if undecided
        else row.detail
    )
    sender = address_of(next((one.sender for one in settings.channel if one.kind == "email" and one.sender), None))
    out = EmailMessage(policy=MAIL)
    out["Subject"] = f"[Czujka] {subject}"
    out["From"] = sender
    if recipient:
        out["To"] = address_of(recipient)
    out["Date"] = format_datetime(sent_at)
    out["Message-ID"] = f"<reply-{row.reply_id}-{row.version}@{sender.domain}>"
    out["Auto-Submitted"] = "auto-generated"
    out["Content-Language"] = language
    quoted = "\n".join(f"> {line}" for line in strip_controls(row.text).splitlines())
    parts = (f"{subject}.", re.sub(r"\s+", " ", strip_controls(why)), quoted, say("Go on here: {page}", page=page))
    out.set_content("\n\n".join(part for part in parts if part) + "\n", cte="quoted-printable")
    return out
