"""What people do with views: keep one under a name, for themselves or a team of theirs; forget it; begin with it."""

from collections.abc import Collection
from datetime import datetime

from core.errors import Refused
from storage import Store

LONGEST_NAME = 60
LONGEST_QUERY = 1000
MOST = 50


def keep(store: Store, person: str, name: str, query: str, now: datetime, *, teams: Collection[str] = (), team: str = "") -> int:
    """Keep a question under a name, for one of the person's own teams where one is named; answers the view's id. Raises Refused."""
    named = " ".join(name.split())
    if not named or len(named) > LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise Refused(f"a view wants a name of at most {LONGEST_NAME} characters")
    if team and team not in teams:
        raise Refused(f"{person} does not belong to {team}, so the view cannot be shared with it")
    if store.views.count(person) >= MOST:
        raise Refused(f"{person} keeps {MOST} views already; forget one first")
    return store.views.keep(person, named, query, team or None, now)


def forget(store: Store, person: str, view_id: int) -> None:
    """Forget a view; only whoever made it can. Raises NotFound."""
    store.views.drop(view_id, person)


def begin_with(store: Store, person: str, view_id: int | None, teams: Collection[str]) -> None:
    """Open the inbox with this view from now on; None: with everything. Raises NotFound."""
    store.views.begin_with(person, view_id, teams)
