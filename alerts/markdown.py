"""Text from outside, made harmless for media that read Markdown: every mark escaped, no address and no mention comes alive."""

import re

from alerts.telling import Style

_MARKS = re.compile(r"([\\`*_~|\[\]()<>#:+\-=!.{}])")
_MENTION = "@\u2060"


def escape(text: str) -> str:
    """Every mark behind a backslash, as CommonMark and its relatives read it; "@" is followed by a joiner, so that nobody is called."""
    return _MARKS.sub(r"\\\1", text).replace("@", _MENTION)


def link(label: str, url: str) -> str:
    """A link whose address cannot end early."""
    return f"[{label}]({url.replace('(', '%28').replace(')', '%29')})"


MARKDOWN = Style(escape=escape, bold=lambda text: f"**{text}**" if text.strip() else text, link=link)
