"""The demonstration's people side on both databases: laid out once, whole, and its audit holds."""

from datetime import timedelta
from pathlib import Path

from actions import readers
from core.consent import ConsentState
from core.crisis import Stage
from core.register import Fault
from core.toml import read
from czujka.config import validate
from czujka.registering import look
from demo.policy import BOUND_FOR, bring_into_force
from demo.staff import people_of_the_dairy
from governance.audit import faults
from storage import Store
from tests.contract.test_store import NOW

DEMO = Path(__file__).resolve().parents[2] / "demo" / "czujka.toml"


def test_it_is_laid_out_once_with_an_account_to_mend_and_a_lesson(store: Store, tmp_path: Path) -> None:
    settings, problems = validate(read(DEMO.read_text(encoding="utf-8"), "czujka.toml"), tmp_path)
    assert settings is not None, problems
    for later in (timedelta(), timedelta(days=1)):
        bring_into_force(store, settings, NOW + later - BOUND_FOR)
        people_of_the_dairy(store, settings, NOW + later)
        look(store, settings, NOW + later)
    assert len(store.readers.staff()) == 5
    owing = readers.standing(store, settings, NOW)
    assert owing is not None
    assert {one.colleague.person for one in owing.owing} == {"ewa", "mirka"}
    assert [one.stage for one in store.crises.list()] == [Stage.REVIEWED]
    assert sorted(one.state for one in store.consents.list()) == [ConsentState.GRANTED, ConsentState.INVITED]
    assert len(store.lessons.list()) == 1
    assert len(store.lessons.tasks()) == 3
    [standing] = store.account_checks.standing()
    assert (standing.fault, store.register.get(standing.account).key) == (Fault.NO_TWO_FACTOR, "instagram:polna")
    assert faults(store.audit.links(), store.audit.aliases(), [store.audit.head(NOW)]) == []
