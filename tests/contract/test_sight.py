"""What a viewer's queries show, on both databases, and what roles stand for."""

import pytest
from pydantic import ValidationError

from core.access import Right, Sight, viewer_of
from core.records import Assessed
from core.settings import Owner, Person
from core.types import ConversationState
from storage import Store
from tests.contract.test_store import NOW, an_incident
from tests.fakes.dairy import dairy

NOTHING = Sight()


def test_lists_show_what_belongs_to_the_owners_or_brands(store: Store) -> None:
    ours, theirs = (
        an_incident(store, owner="care", participants=()),
        an_incident(store, owner="security", dedup_key="other", brand="other", participants=("pr",)),
    )
    assert {row.incident_id for row in store.incidents.list(sight=None)} == {ours, theirs}
    seen = {
        name: {row.incident_id for row in store.incidents.list(sight=sight)}
        for name, sight in {
            "care": Sight(owners=frozenset({"care"})),
            "pr": Sight(owners=frozenset({"pr"})),
            "other": Sight(brands=frozenset({"other"})),
            "nothing": NOTHING,
        }.items()
    }
    assert seen == {"care": {ours}, "pr": {theirs}, "other": {theirs}, "nothing": set()}
    assert sum(n for _, _, n in store.incidents.counts(Sight(owners=frozenset({"care"})))) == 1
    assert store.incidents.counts(NOTHING) == []
    assert store.conversations.list(sight=NOTHING) == []
    assert store.conversations.count([ConversationState.NEW], NOTHING) == 0


def test_posts_are_seen_by_who_answers_for_them(store: Store) -> None:
    an_incident(store, owner="care")
    an_incident(store, owner="security", dedup_key="other")
    everything = store.items.search("")
    assert len(everything) == 2
    assert len(store.items.search("", sight=Sight(owners=frozenset({"care"})))) == 1
    assert store.items.search("", sight=NOTHING) == []
    assert store.assessing.apply(Assessed(item_ids=()), NOW) == []


def test_roles_are_for_a_place_or_for_everywhere() -> None:
    people = (
        Person(id="rob", roles=("responder@owner:care", "viewer")),
        Person(id="bea", roles=("account-owner@brand:polna",)),
        Person(id="ewa"),
    )
    settings = dairy(person=people, owner=(Owner(id="care", people=("ewa",)), Owner(id="pr")))
    rob, bea, ewa, gone = (viewer_of(person, settings) for person in ("rob", "bea", "ewa", "gone"))
    assert rob.may(Right.ACT, ("care",), None)
    assert not rob.may(Right.ACT, ("pr",), "polna")
    assert rob.may(Right.SEE, ("pr",), None)
    assert rob.sight() is None
    assert rob.sight(Right.ACT) == Sight(owners=frozenset({"care"}))
    assert bea.may(Right.TUNE, (), "polna")
    assert not bea.may(Right.SEE, ("pr",), "other")
    assert ewa.may(Right.REVEAL, ("care",), None)
    assert not ewa.has(Right.TUNE)
    assert not gone.has(Right.SEE)
    assert gone.sight() == NOTHING


@pytest.mark.parametrize("role", ["boss", "viewer@", "viewer@owner", "viewer@team:care", "Admin", "responder@owner:care:x"])
def test_a_role_that_is_none_is_refused_with_an_example(role: str) -> None:
    with pytest.raises(ValidationError, match="responder@owner:care"):
        Person(id="x", roles=(role,))
