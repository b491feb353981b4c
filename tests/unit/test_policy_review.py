"""When a clause wants another look, decided from what was seen alone."""

from datetime import UTC, datetime, timedelta

from core.policy import Applies, Clause, Trigger, Wording
from core.settings import PolicyTable
from governance.review import Happened, Seen, due

NOW = datetime(2026, 11, 18, 11, tzinfo=UTC)
BEFORE = NOW - timedelta(days=40)
TABLE = PolicyTable(breaches=3)


def clause(name: str, *labels: str, retired: bool = False) -> Clause:
    words = {"en": Wording(title="Title", text="Text.", consequence="A talk.")}
    return Clause(
        id=name,
        owner="hr",
        watcher="hr",
        reviewers=("hr",),
        applies_to=(Applies.OFFICIAL,),
        detected_by=labels,
        retired=retired,
        words=words,
    )


CLAUSES = (clause("POL-04", "policy.insult"), clause("POL-09", "leak.pii"), clause("POL-13", "account.impostor"), clause("POL-14"))
LOOKED = {one.id: BEFORE for one in CLAUSES}


def asked(seen: Seen, *clauses: Clause, now: datetime = NOW) -> list[tuple[str, Trigger, str]]:
    return [(one.clause, one.trigger, one.key) for one in due(clauses or CLAUSES, seen, TABLE, now)]


def test_nothing_seen_asks_for_nothing() -> None:
    assert asked(Seen(looked_at=LOOKED)) == []


def test_a_year_after_it_was_looked_at_every_clause_is_due_the_manual_ones_too() -> None:
    almost = BEFORE + timedelta(days=365) - timedelta(seconds=1)
    assert asked(Seen(looked_at=LOOKED), now=almost) == []
    found = due(CLAUSES, Seen(looked_at=LOOKED | {"POL-04": NOW}), TABLE, BEFORE + timedelta(days=365))
    assert [one.clause for one in found] == ["POL-09", "POL-13", "POL-14"]
    assert found[0].evidence == {"looked_at": "2026-10-09"}
    assert (found[0].owner, found[0].due_at) == ("hr", BEFORE + timedelta(days=395))


def test_repeated_breaches_ask_once_a_week() -> None:
    assert asked(Seen(looked_at=LOOKED, breaches={"policy.insult": 2, "policy.politics": 9})) == []
    seen = Seen(looked_at=LOOKED, breaches={"policy.insult": 3})
    assert asked(seen) == [("POL-04", Trigger.BREACHES, "2026-W47")]


def test_a_confirmed_leak_and_a_takeover_ask_the_clause_that_detects_them() -> None:
    leak = Happened(label="leak.pii.phone", what="finding", number=7, at=NOW)
    takeover = Happened(label="account.takeover", what="finding", number=8, at=NOW)
    old = Happened(label="leak.pii.phone", what="finding", number=3, at=BEFORE)
    seen = Seen(looked_at=LOOKED | {"POL-15": BEFORE}, confirmed=(old, leak, takeover))
    assert asked(seen, *CLAUSES, clause("POL-15", "account.takeover")) == [
        ("POL-09", Trigger.LEAK, "finding 7"),
        ("POL-15", Trigger.TAKEOVER, "finding 8"),
    ]


def test_a_resolved_crisis_asks_with_the_incident_as_evidence() -> None:
    crisis = Happened(label="crisis.boycott", what="incident", number=12, at=NOW)
    [one] = due((clause("POL-16", "crisis"),), Seen(looked_at={"POL-16": BEFORE}, crises=(crisis,)), TABLE, NOW)
    assert one.evidence == {"label": "crisis.boycott", "incident": 12, "at": "2026-11-18"}


def test_a_platform_that_came_after_the_clause_on_accounts_asks_it() -> None:
    seen = Seen(looked_at=LOOKED, platforms={"mastodon": NOW, "x": BEFORE - timedelta(days=1)})
    assert asked(seen) == [("POL-13", Trigger.PLATFORM, "mastodon")]


def test_what_no_longer_binds_is_not_reviewed() -> None:
    gone = clause("POL-04", "policy.insult", retired=True)
    assert asked(Seen(looked_at=LOOKED, breaches={"policy.insult": 99}), gone, now=NOW + timedelta(days=999)) == []
