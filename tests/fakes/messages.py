"""Messages as channels get them: an ordinary one, and one whose author is not our friend."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.types import Message, Quote, Severity

NOW = datetime(2026, 11, 20, 1, 14, 30, tzinfo=UTC)

POST = "Ktoś wie, co to jest Projekcie Bursztyn? Podobno Mleczarnia Polna zmienia wszystkie etykiety od stycznia."


def quote(text: str = POST, **changed: Any) -> Quote:
    """A post on X that names the code name."""
    start = max(0, text.find("Projekcie Bursztyn"))
    ordinary = Quote(
        item_id=71,
        platform="x",
        author="@marek",
        reach=12_000,
        text=text,
        url="https://x.example/marek/status/71",
        created_at=datetime(2026, 11, 20, 1, 13, tzinfo=UTC),
        spans=((start, start + len("Projekcie Bursztyn"), "leak.codename"),) if "Projekcie" in text else (),
    )
    return replace(ordinary, **changed)


def message(**changed: Any) -> Message:
    """A page about a leaked code name, in Polish."""
    ordinary = Message(
        delivery_id=5,
        dedup_key="page:12:0:email:anna",
        incident_id=12,
        kind="page",
        severity=Severity.CRITICAL,
        language="pl",
        title="Wyciek: nazwa kodowa „Projekt Bursztyn”",
        line="[krytyczny] Wyciek: nazwa kodowa „Projekt Bursztyn” na X, pisze @marek (12 tys. obserwujących), 3 wpisy",
        because="Nazwa, której nie powinno być na zewnątrz, pojawiła się w publicznym wpisie.",
        quotes=(quote(),),
        count=3,
        told=("Jan Wrona (slack, wysłano)",),
        url="https://czujka.example/incidents/12",
        ack_url="https://czujka.example/ack/eyJpIjoxMn0.sig",
        timezone="Europe/Warsaw",
        sent_at=NOW,
    )
    return replace(ordinary, **changed)


HOSTILE_TEXT = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> <!channel> <!here> <@U999> <https://evil.example|zaloguj się> *bold* `code`\n"
    "\r\nBcc: wszyscy@evil.example\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n"
    "\u202egnp.exe\u202c \u200ftekst\u200f \x00\x07\x1b[31m {{ 7*7 }} {% raw %} &amp; \U0001f95b "
)


def hostile_message(**changed: Any) -> Message:
    """Everything that can be hostile is; the text is more than 100 kB long."""
    text = HOSTILE_TEXT * 400
    bad = "Zły\r\nBcc: wszyscy@evil.example\x00\u202e <!channel> <b>&\ud800"
    worst = quote(
        text, author=f"{bad}@marek", url="javascript:alert(1)", spans=((3, 40, "leak.codename"), (30, 200_000, "praise"), (-5, 2, "x"))
    )
    return message(
        title=f"Wyciek {bad}",
        line=f"[krytyczny] Wyciek {bad}",
        because=f"Powód {bad}",
        told=(f"Jan {bad}",),
        quotes=(worst, quote(text[1:], platform="<b>x</b>\r\n", url="https://evil.example/\r\nX: y", spans=())),
        **changed,
    )
