"""How mails are written out: as the standard library does, but that no subject loses a space."""

from email.header import Header
from email.policy import EmailPolicy
from typing import Any

_LINE = 76


class _Mail(EmailPolicy):
    """Long subjects with letters beyond ASCII are broken by the older `email.header`: where the newer code starts a line with a plain word
    after an encoded one, it forgets the space between them (Python 3.11 to 3.13; one Polish subject in twenty)."""

    def fold(self, name: str, value: Any) -> str:
        return _subject(str(value), self.linesep) if _is_subject(name) else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return _subject(str(value), self.linesep).encode("ascii") if _is_subject(name) else super().fold_binary(name, value)


def _is_subject(name: str) -> bool:
    return name.lower() == "subject"


def _subject(text: str, line_end: str) -> str:
    charset = "us-ascii" if text.isascii() else "utf-8"
    folded = Header(text, charset, maxlinelen=_LINE, header_name="Subject").encode(linesep=line_end)
    return f"Subject: {folded}{line_end}"


MAIL = _Mail(linesep="\r\n")
"""The policy of every mail that leaves: lines end as SMTP wants them."""
