"""Situation reports for people without an account: an address for one incident, shown once, which ends and can be revoked.

Only the hash of the address's secret is kept. A report never shows more than whoever made the link may see at that moment.
"""

from datetime import datetime, timedelta

from core.access import Right, viewer_of
from core.accounts import AccessToken
from core.errors import NotFound, Refused
from core.links import digest, random_token
from core.records import Event, IncidentCard
from core.settings import Settings
from core.situation import Announced
from storage import Store

KIND = "report"
LONGEST = timedelta(days=7)
LONGEST_STATEMENT = 1000


def share(
    store: Store,
    incident_id: int,
    actor: str,
    now: datetime,
    *,
    valid: timedelta,
    statement: str = "",
    next_update: datetime | None = None,
) -> str:
    """A new address's path, which works for `valid`. Statement and next update stand in every report from now on. Raises Refused."""
    if not timedelta(0) < valid <= LONGEST or len(statement) > LONGEST_STATEMENT:
        raise Refused(f"a link of at most {LONGEST.days} days and a statement of at most {LONGEST_STATEMENT} characters were expected")
    store.incidents.card(incident_id, evidence=0)
    token, until = random_token(), now + valid
    made = AccessToken(kind=KIND, subject=f"incident:{incident_id}", name="", made_by=actor, made_at=now, expires_at=until)
    store.tokens.add(digest(token), made)
    detail = {"until": until.isoformat(), "statement": " ".join(statement.split())}
    detail |= {"next_update": next_update.isoformat()} if next_update is not None else {}
    store.incidents.note(incident_id, Event(at=now, actor=actor, kind="shared", reason="by_hand", detail=detail))
    return f"/report/{token}"


def revoke(store: Store, incident_id: int, link: int, actor: str, now: datetime) -> None:
    """The address opens nothing any more. Raises NotFound."""
    if link not in {one.token_id for one in links(store, incident_id, now)}:
        raise NotFound(f"incident {incident_id} has no link {link}")
    store.tokens.revoke(KIND, link, now)
    store.incidents.note(incident_id, Event(at=now, actor=actor, kind="share_ended", reason="by_hand"))


def links(store: Store, incident_id: int, now: datetime) -> list[AccessToken]:
    """The addresses that work, the newest first."""
    known = store.tokens.list(KIND)
    return [one for one in known if one.subject == f"incident:{incident_id}" and one.expires_at is not None and one.expires_at > now]


def opened(store: Store, settings: Settings, token: str, now: datetime) -> IncidentCard | None:
    """What an address shows; None when it is no address of ours, has ended, or its maker may not see the incident any more."""
    found = store.tokens.find(digest(token), KIND, now)
    if found is None:
        return None
    card = store.incidents.card(int(found.subject.partition(":")[2]), evidence=3)
    owners = (card.row.owner, *card.participants)
    return card if viewer_of(found.made_by, settings).may(Right.SEE, owners, card.row.brand) else None


def announced(card: IncidentCard) -> Announced | None:
    """What the newest sharing added: a statement, or when the next update comes; each stays until another one replaces it."""
    shared = [event for event in card.events if event.kind == "shared"]
    said = next((event for event in reversed(shared) if event.detail.get("statement")), None)
    planned = next((event for event in reversed(shared) if event.detail.get("next_update")), None)
    if said is None and planned is None:
        return None
    newest = said or planned
    return Announced(
        statement=str(said.detail["statement"]) if said else "",
        next_update=datetime.fromisoformat(str(planned.detail["next_update"])) if planned else None,
        at=newest.at if newest else card.row.opened_at,
        by=newest.actor if newest else "",
    )
