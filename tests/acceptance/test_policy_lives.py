"""A policy from draft to yearly review: nobody is bound before it is approved, everybody reads it, a year later it is asked for again."""

from datetime import timedelta
from pathlib import Path

import pytest

from actions import policy as acts
from actions import readers, reviews
from core.errors import Refused
from core.policy import Outcome, Stage, Trigger
from core.settings import Settings
from czujka.reviewing import look
from governance.audit import faults
from storage import Store
from tests.contract.staffed import mail, to
from tests.contract.test_policy_readers import BOTH, staffed, swept
from tests.contract.test_policy_way import HELD, edit, folder_of, settings
from tests.contract.test_store import NOW
from tests.fakes.smtp import MailServer

__all__ = ["mail", "settings"]
DAY = timedelta(days=1)
WEEK, YEAR = NOW + 7 * DAY, NOW + 372 * DAY
EVERYBODY = {"ewa": 1, "max": 1, "kim": 1}


def test_a_policy_from_draft_to_yearly_review(store: Store, settings: Settings, mail: MailServer, tmp_path: Path) -> None:
    office = staffed(store, settings, mail, tmp_path)
    first = acts.propose(store, settings, folder_of(settings), "the first", "ola", NOW)
    acts.comment(store, first.number, "May I name my employer?", "ewa", NOW, clause="POL-03")
    assert [(one.person, one.text) for one in store.policies.comments(first.number)] == [("ewa", "May I name my employer?")]
    with pytest.raises(Refused):
        acts.publish(store, first.number, WEEK, "ola", NOW)
    for reviewer in first.needs:
        acts.approve(store, settings, first.number, reviewer, HELD[reviewer], NOW)
    acts.publish(store, first.number, WEEK, "ola", NOW)
    assert store.policies.in_force(WEEK - timedelta(seconds=1)) is None, "it binds nobody before its day"

    assert to(swept(office, mail, WEEK)) == EVERYBODY
    for person in EVERYBODY:
        assert readers.acknowledge(store, person, first.number, BOTH, "en", WEEK + DAY) == 2
    assert swept(office, mail, WEEK + 30 * DAY) == []

    assert look(store, settings, YEAR - DAY) == 0
    assert look(store, settings, YEAR) == len(first.clauses) == 18
    asked = {one.clause: one for one in store.reviews.list()}
    assert {one.trigger for one in asked.values()} == {Trigger.YEARLY}
    for clause, one in asked.items():
        outcome = Outcome.CHANGED if clause == "POL-11" else Outcome.KEPT
        reviews.decide(store, one.review_id, outcome, "looked at with the team", "jan", YEAR)
    edit(settings, "POL-11.md", "watcher: pr", "watcher: hr")
    second = acts.propose(store, settings, folder_of(settings), "after a year", "jan", YEAR)
    assert second.needs == ("pr",), "only who answers for what changed"
    acts.approve(store, settings, second.number, "pr", HELD["pr"], YEAR)
    acts.publish(store, second.number, None, "jan", YEAR)

    stages = {one.number: one.stage(YEAR) for one in store.policies.history()}
    assert stages == {first.number: Stage.SUPERSEDED, second.number: Stage.IN_FORCE}
    assert to(swept(office, mail, YEAR)) == EVERYBODY, "another text is read anew"
    assert look(store, settings, YEAR + DAY) == 0
    assert faults(store.audit.links(), store.audit.aliases(), [store.audit.head(YEAR)]) == []
