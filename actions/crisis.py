"""What people do in a crisis: declare it, take roles, tick, write down, say something outside, stand down, and learn from it.

Who may do what: `may_lead` for roles, standing down and the review; anybody in the room for the rest. A statement goes out only after
somebody else who is lead, spokesperson or legal has read it.
"""

from datetime import datetime

from actions.planning import asked, checked, known
from core.access import Right, Viewer
from core.checklist import Checklist, Late, Silence
from core.crisis import MOST_TEXT, Crisis, Entry, EntryKind, Kind, Part, Planned, Room, Stage, kind_for
from core.errors import Refused
from core.i18n import LANGUAGES
from core.policy import Trigger
from core.records import IncidentCard
from core.settings import Settings
from governance.checklist import checklists, late_items, silences
from storage import Store

LONGEST_TITLE = 200


def may_lead(crisis: Crisis, viewer: Viewer) -> bool:
    """The lead of this crisis, or whoever governs the policy everywhere."""
    return crisis.roles.get(Part.LEAD) == viewer.person or viewer.everywhere(Right.GOVERN)


def checklist_of(crisis: Crisis) -> Checklist:
    """What its kind asks for."""
    return checklists()[crisis.kind]


def late_items_of(room: Room, now: datetime) -> tuple[Late, ...]:
    """What of the checklist was done after its time, or not at all."""
    return late_items(checklist_of(room.crisis), room, now)


def silences_of(room: Room, settings: Settings, now: datetime) -> tuple[Silence, ...]:
    """Where we said nothing outside for longer than promised."""
    return silences(room, settings.crisis.first_statement, settings.crisis.statement_every, now)


def kinds(language: str) -> list[tuple[Kind, str]]:
    """Every kind by its name."""
    return [(kind, checklists()[kind].name.text(language)) for kind in Kind]


def next_statement(room: Room, settings: Settings) -> datetime:
    """By when the next statement is promised (aware UTC)."""
    last = room.last_statement()
    if last is None or last.published_at is None:
        return room.crisis.declared_at + settings.crisis.first_statement
    return last.published_at + settings.crisis.statement_every


def owners_of(store: Store, settings: Settings, crisis: Crisis) -> tuple[tuple[str, ...], str | None]:
    """Who answers for a crisis: the owners of its incident, else the company's fallback; and which brand it is about."""
    if crisis.incident_id is not None:
        card = store.incidents.card(crisis.incident_id, evidence=0)
        return (card.row.owner, *card.participants), crisis.brand or card.row.brand
    return ((settings.company.fallback,) if settings.company.fallback else ()), crisis.brand


def allowed(store: Store, settings: Settings, crisis: Crisis, viewer: Viewer, right: Right) -> bool:
    """May they see it, or act in it? Whoever holds a role in the room may both."""
    return bool(crisis.parts_of(viewer.person)) or viewer.may(right, *owners_of(store, settings, crisis))


def declare(
    store: Store,
    settings: Settings,
    title: str,
    actor: str,
    now: datetime,
    *,
    kind: Kind | None = None,
    incident_id: int | None = None,
    brand: str | None = None,
    lead: str | None = None,
) -> int:
    """Open a room, on an incident or without one; answers its number. Whoever declares leads until somebody else does.

    Raises Refused: no title, no such person or brand, or one is declared on the incident already; NotFound: no such incident.
    """
    card = store.incidents.card(incident_id, evidence=0) if incident_id is not None else None
    chosen = kind or (kind_for(card.row.label) if card is not None else None)
    kept = " ".join(title.split())
    if chosen is None or not kept or len(kept) > LONGEST_TITLE:
        raise Refused(f"a kind of crisis, and what it is about in 1 to {LONGEST_TITLE} characters, were expected")
    about = brand or _brand(card)
    if about is not None and about not in {one.id for one in settings.brand}:
        raise Refused(f"there is no brand {about!r} in the configuration")
    first = lead or actor
    if lead is not None:
        known(settings, lead, actor)
    return store.crises.declare(chosen, kept, first, actor, now, brand=about, incident_id=incident_id)


def give_role(
    store: Store, settings: Settings, crisis_id: int, part: Part, person: str, actor: str, now: datetime, *, seen: int | None = None
) -> None:
    """`person` takes a role, '' gives it back. Raises Refused: nobody of this name, or a room without a lead; Conflict; NotFound."""
    if person:
        known(settings, person, actor)
    elif part is Part.LEAD:
        raise Refused("a crisis always has a lead; name the next one instead")
    store.crises.give_role(crisis_id, part, person, actor, now, seen=seen)


def log(store: Store, crisis_id: int, text: str, actor: str, now: datetime, *, status: bool = False) -> None:
    """A line in the log; with `status` how it stands, in one sentence for everybody. Raises Refused, NotFound."""
    kind = EntryKind.STATUS if status else EntryKind.NOTED
    store.crises.write(crisis_id, Entry(at=now, actor=actor, kind=kind, text=_text(text)))


def tick(store: Store, crisis_id: int, item: str, actor: str, now: datetime, *, done: bool = True) -> bool:
    """An item of the checklist is done, or is not after all; False when it stood so. Raises Refused: no such item; NotFound."""
    checklist = checklists()[store.crises.get(crisis_id).kind]
    if checklist.item(item) is None:
        raise Refused(f"the checklist has no item {item!r}; it has {', '.join(one.id for one in checklist.items)}")
    return (store.crises.tick if done else store.crises.untick)(crisis_id, item, actor, now)


def draft(store: Store, crisis_id: int, text: str, language: str, actor: str, now: datetime, *, typed_by: str = "") -> int:
    """Something to say outside; answers its number. Raises Refused: too short or long, a blank left open, no such language; NotFound."""
    kept = _text(text)
    if language not in LANGUAGES:
        raise Refused(f"a language of {', '.join(LANGUAGES)} was expected")
    if "{" in kept or "}" in kept:
        raise Refused("there is still a blank in braces; write what belongs there")
    return store.crises.draft(crisis_id, language, kept, actor, now, typed_by=typed_by)


def approve(store: Store, crisis_id: int, statement: int, actor: str, now: datetime, *, typed_by: str = "") -> None:
    """`actor` has read somebody else's statement and says yes; `typed_by` is whose hands typed. Raises Refused, Conflict, NotFound."""
    store.crises.approve(crisis_id, statement, actor, now, typed_by=typed_by)


def publish(store: Store, crisis_id: int, statement: int, where: str, actor: str, now: datetime) -> None:
    """An approved statement is out, `where` says on which accounts or pages. Raises Refused, Conflict, NotFound."""
    store.crises.publish(crisis_id, statement, " ".join(where.split())[:500], actor, now)


def drop(store: Store, crisis_id: int, statement: int, actor: str, now: datetime) -> None:
    """A statement shall not go out. Raises Refused, Conflict, NotFound."""
    store.crises.drop(crisis_id, statement, actor, now)


def stand_down(store: Store, crisis_id: int, why: str, actor: str, now: datetime, *, seen: int | None = None) -> None:
    """It is over, and why. Raises Refused, Conflict, NotFound."""
    store.crises.stand_down(crisis_id, _text(why), actor, now, seen=seen)


def plan(store: Store, settings: Settings, crisis_id: int, planned: Planned, actor: str, now: datetime) -> int:
    """What the review asks for; answers its number. One that points at a clause opens a review of the policy, in the same transaction.

    Raises Refused: no words, no such person, clause, rule or checklist, a day that is over; NotFound.
    """
    kept = checked(settings, planned, actor, now)
    review = asked(store, kept, Trigger.CRISIS, f"crisis {crisis_id}", {"crisis": crisis_id}, now)
    return store.crises.plan(crisis_id, kept, actor, now, review=review)


def finish_action(store: Store, crisis_id: int, action: int, actor: str, now: datetime) -> None:
    """It is done. Raises Conflict, NotFound."""
    store.crises.finish_action(crisis_id, action, actor, now)


def close_review(store: Store, crisis_id: int, actor: str, now: datetime, *, seen: int | None = None) -> None:
    """The review is written. Raises Refused: nobody has planned an action, so nothing was learned; Conflict; NotFound."""
    room = store.crises.room(crisis_id)
    if room.crisis.stage is Stage.STOOD_DOWN and not room.actions:
        raise Refused("a review ends with at least one action, who does it and by when")
    store.crises.close_review(crisis_id, actor, now, seen=seen)


def _brand(card: IncidentCard | None) -> str | None:
    return card.row.brand if card is not None else None


def _text(text: str) -> str:
    kept = text.strip()
    if not kept or len(kept) > MOST_TEXT:
        raise Refused(f"1 to {MOST_TEXT} characters were expected")
    return kept
