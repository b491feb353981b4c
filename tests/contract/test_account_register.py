"""The register of accounts on both databases: taken in whole, checked, each fault an incident once, resolved when it is mended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions import incidents
from actions import register as acts
from core.errors import ConfigError, Conflict, NotFound, Refused
from core.records import Assessed, IncidentRow
from core.register import Settled
from core.settings import Brand, Route, Settings
from core.types import Author, IncidentState, Severity, Voice
from czujka.registering import look
from storage import Store
from storage.reading import Read
from tests.contract.test_store import NOW, an_item, arrive, opens, understood
from tests.fakes.dairy import dairy

LATER = NOW + timedelta(hours=1)
HEADER = "platform,handle,kind,owner,person,access,two_factor,account_id,source\n"
WELL = "x,polna,official,pr,anna,anna jan,yes,100,\n"


@pytest.fixture
def settings() -> Settings:
    brand = Brand(id="polna", name="Mleczarnia Polna", terms=("@polna",))
    return dairy(brand=(brand,), route=(Route(label="account.*", owner="security"),))


def take_in(store: Store, settings: Settings, folder: Path, rows: str, now: datetime = NOW) -> tuple[int, int, int]:
    path = folder / "accounts.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    done = acts.take_in(store, settings, path, "cli:ola", now)
    return len(done.new), len(done.changed), done.same


def post(
    store: Store,
    handle: str,
    name: str = "",
    author_id: str = "7",
    voice: Voice = Voice.PUBLIC,
    *,
    assessed: bool = True,
    **changes: object,
) -> int:
    """One post by this author; its id."""
    author = Author(id=author_id, handle=handle, name=name)
    item = an_item(store.items.count() + 1, author=author, voice=voice, platform="x")
    store.items.add([arrive(item, **changes)], NOW)
    [unread] = store.reading.unread("v1", 1, NOW)
    store.reading.apply([Read(unread, understood())], "v1", NOW)
    if assessed:
        store.assessing.apply(Assessed(item_ids=(unread.item_id,)), NOW)
    return unread.item_id


def opened(store: Store, *states: IncidentState) -> Sequence[IncidentRow]:
    return sorted(store.incidents.list(states or (IncidentState.OPEN,)), key=lambda one: one.incident_id)


def test_a_sheet_is_taken_in_again_and_again(store: Store, settings: Settings, tmp_path: Path) -> None:
    assert take_in(store, settings, tmp_path, WELL + "facebook,polna,official,care,ola,ola,no,,\n") == (2, 0, 0)
    assert take_in(store, settings, tmp_path, WELL) == (0, 0, 1)
    acts.review(store, settings, store.register.by_key("x:polna").number, acts.Looked(), "jan", LATER)
    assert take_in(store, settings, tmp_path, WELL.replace("anna,anna", "jan,anna")) == (0, 1, 0)
    one = store.register.by_key("x:polna")
    assert (one.person, one.reviewed_at, one.registered_at) == ("jan", LATER, NOW)
    assert take_in(store, settings, tmp_path, WELL.replace("polna", "polna_pl")) == (0, 1, 0), "the platform's id says it is the same"
    assert [(each.number, each.key) for each in store.register.list() if each.platform == "x"] == [(one.number, "x:polna_pl")]
    audit = [(line.actor, line.act, line.subject) for line in reversed(store.audit.lines())]
    assert audit[:3] == [
        ("cli:ola", "account_registered", "x:polna"),
        ("cli:ola", "account_registered", "facebook:polna"),
        ("jan", "account_reviewed", "x:polna"),
    ]


def test_a_sheet_with_one_fault_leaves_everything_as_it_was(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL)
    with pytest.raises(ConfigError, match="line 3"):
        take_in(store, settings, tmp_path, WELL.replace("yes", "no") + "facebook,polna,official,care,nobody,,no,,\n")
    assert [one.two_factor for one in store.register.list()] == [True]
    assert len(store.audit.lines()) == 1


def test_each_fault_is_one_incident_of_the_owner_and_ends_when_it_is_mended(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL.replace("yes", "no").replace("anna jan", "anna"))
    assert look(store, settings, NOW) == 2
    assert [(one.label, one.owner, one.severity, one.paging) for one in opened(store)] == [
        ("account.no_two_factor", "pr", Severity.MEDIUM, False),
        ("account.single_access", "pr", Severity.MEDIUM, False),
    ]
    assert look(store, settings, LATER) == 0
    incidents.resolve(store, settings, opened(store)[1].incident_id, "anna", LATER)
    assert look(store, settings, LATER) == 0, "a person called it done; it does not come back by itself"
    number = store.register.list()[0].number
    acts.review(store, settings, number, acts.Looked(two_factor=True, access=("anna", "jan")), "anna", LATER)
    assert look(store, settings, LATER) == 0
    assert opened(store) == []
    card = store.incidents.card(opened(store, IncidentState.RESOLVED)[0].incident_id)
    assert (card.events[-1].actor, card.events[-1].reason) == ("czujka", "mended")
    acts.review(store, settings, number, acts.Looked(two_factor=False), "anna", LATER)
    assert look(store, settings, LATER) == 1, "what comes back is told again"


def test_a_person_who_left_with_access_pages(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL)
    assert look(store, settings, NOW) == 0
    left = settings.model_copy(update={"person": tuple(one for one in settings.person if one.id != "jan")})
    assert look(store, left, LATER) == 1
    [one] = opened(store)
    assert (one.label, one.severity, one.paging, one.title) == ("account.access_left", Severity.HIGH, True, "@polna (x): jan")


def test_a_new_handle_on_our_newest_post_and_a_source_that_is_gone(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL)
    post(store, "polna", author_id="100", voice=Voice.OURS)
    assert look(store, settings, NOW) == 0
    post(store, "crypto_gift", author_id="100", voice=Voice.OURS)
    assert look(store, settings, NOW) == 1
    assert [(one.label, one.title) for one in opened(store)] == [("account.renamed", "@polna (x): crypto_gift")]
    post(store, "polna", author_id="100", voice=Voice.OURS)
    look(store, settings, LATER)
    assert opened(store) == []


def test_a_stranger_with_the_brand_s_name_is_met_once_and_settled_once(store: Store, settings: Settings, tmp_path: Path) -> None:
    item_id = post(store, "milk_deals", "Mleczarnia Polna Okazje")
    assert look(store, settings, NOW) == 0, "without a register there is nothing to hold it against"
    take_in(store, settings, tmp_path, WELL)
    assert look(store, settings, NOW) == 1
    post(store, "milk_deals", "Mleczarnia Polna Okazje")
    assert look(store, settings, NOW) == 0
    [one] = opened(store)
    assert (one.label, one.owner, one.severity, one.paging, one.title) == ("account.unregistered", "security", Severity.HIGH, True, "")
    assert [each.item_id for each in store.incidents.items(one.incident_id)] == [item_id]
    [met] = store.account_checks.strangers()
    with pytest.raises(Refused, match="reason"):
        acts.settle(store, met.stranger_id, Settled.TOLERATED, " ", "tom", LATER)
    with pytest.raises(Refused, match="register"):
        acts.settle(store, met.stranger_id, Settled.REGISTERED, "ours", "tom", LATER)
    acts.settle(store, met.stranger_id, Settled.REPORTED, "poses as us", "tom", LATER)
    with pytest.raises(Conflict):
        acts.settle(store, met.stranger_id, Settled.TOLERATED, "a fan", "anna", LATER)
    with pytest.raises(NotFound):
        acts.settle(store, 99, Settled.TOLERATED, "a fan", "anna", LATER)
    assert (opened(store), store.account_checks.strangers()) == ([], [])
    assert look(store, settings, LATER) == 0
    assert store.audit.lines()[0].subject == f"stranger {met.stranger_id} reported"


def test_registering_a_stranger_settles_it(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL)
    post(store, "polna_serwis", "Mleczarnia Polna Serwis")
    look(store, settings, NOW)
    take_in(store, settings, tmp_path, WELL + "x,polna_serwis,official,care,ola,ola anna,yes,,\n", LATER)
    assert look(store, settings, LATER) == 0
    [met] = store.account_checks.strangers(settled=True)
    assert (met.settled, met.settled_by) == (Settled.REGISTERED, "sweep")
    assert opened(store) == []


def test_old_news_is_shown_and_pages_nobody(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL)
    post(store, "polna_promo", "Mleczarnia Polna Promo", may_page=False)
    look(store, settings, NOW)
    assert [(one.label, one.paging) for one in opened(store)] == [("account.unregistered", False)]


def test_who_poses_as_us_has_an_incident_already_and_our_own_voice_is_no_stranger(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL)
    post(store, "polna_sklep", "Mleczarnia Polna", author_id="200", voice=Voice.OURS)
    item_id = post(store, "p0lna", "Mleczarnia Polna", author_id="9", assessed=False)
    assert look(store, settings, NOW) == 0, "it is not assessed yet"
    posing = opens(item_id, key="polna:account:9", label="account.impostor")
    [incident_id] = store.assessing.apply(Assessed(item_ids=(item_id,), opens=(posing,)), NOW)
    assert look(store, settings, NOW) == 1
    [met] = store.account_checks.strangers()
    assert (met.incident_id, len(opened(store))) == (incident_id, 1)
    acts.settle(store, met.stranger_id, Settled.TOLERATED, "a partner", "tom", LATER)
    assert opened(store) == []


def test_whoever_is_registered_or_tolerated_may_be_called_as_they_are(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL)
    post(store, "polna_promo", "Mleczarnia Polna Promo", author_id="8")
    look(store, settings, NOW)
    acts.settle(store, store.account_checks.strangers()[0].stranger_id, Settled.TOLERATED, "a partner", "tom", LATER)
    authors = [Author(id="8", handle="new_name"), Author(id="100"), Author(id="1", handle="Polna"), Author(id="2", handle="p0lna")]
    for author in authors:
        store.items.add([arrive(an_item(store.items.count() + 1, author=author, platform="x"))], NOW)
    assert [one.reading.known for one in store.reading.unread("v1", 9, NOW)] == [True, True, True, False]


def test_an_account_that_was_ended_is_no_more_checked_and_its_incidents_end(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path, WELL.replace("yes", "no"))
    look(store, settings, NOW)
    acts.end(store, store.register.by_key("x:polna").number, "closed in October", "tom", LATER)
    assert look(store, settings, LATER) == 0
    assert opened(store) == []
    with pytest.raises(NotFound):
        store.register.by_key("x:polna")
    assert take_in(store, settings, tmp_path, WELL, LATER) == (1, 0, 0), "a handle may be taken again"
