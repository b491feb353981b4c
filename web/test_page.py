"""A test page to whoever asks, in their language, at one of their own contacts."""

from fastapi import Request

from actions import trying
from core.errors import Conflict
from core.i18n import words
from web.address import address_of
from web.context import Context
from web.wording import ROOM, msg

TITLE = msg("Test page from Czujka")
LINE = msg("This is a test: pages reach you here. There is nothing to do.")


def send(request: Request, context: Context, person: str, contact: str) -> None:
    """Raises NotFound (no such contact of theirs), DeliveryError with what the channel said, Conflict where nothing is sent from here."""
    if context.http is None:
        raise Conflict("this process sends nothing")
    language = next((one.language for one in context.settings.person if one.id == person), "en")
    title, line = (words(ROOM, language).say(text) for text in (TITLE, LINE))
    there = address_of(request, context.settings, "/owners")
    trying.send_test(context.http, context.settings, person, contact, title, line, there, context.clock())
