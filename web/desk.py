"""Where a visitor works on cases: the same desk for pages and API."""

from actions import case_sight as sight
from actions.case_sight import Desk
from core.access import Viewer
from web.context import Context


def desk_at(context: Context, viewer: Viewer) -> Desk:
    """A desk at the present instant. Raises ConfigError: the key of the seals is missing."""
    key = sight.key_of(context.settings, context.secret)
    return Desk(store=context.store, settings=context.settings, viewer=viewer, key=key, now=context.clock())
