"""An exercise as its people meet it: posts in their time, pages that say EXERCISE, answers that are timed, a lesson in the real database,
and nothing else of that database touched."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest

from actions import incidents
from actions import lessons as acts
from classifiers.understand import Classifiers
from core.exercise import Scenario
from core.lessons import Origin
from core.settings import Settings
from core.types import IncidentState
from czujka import exercising
from czujka.exercise_running import QUIET, is_over
from czujka.house import House, open_http
from czujka.pipeline import STAGES
from czujka.running import Runner
from governance.exercise import find, fitted, read_scenario
from storage import Store
from tests.acceptance.city import configured
from tests.web.site import serve

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def prints(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("real.db*"))}


@dataclass
class Rehearsal:
    """An exercise laid out in its own folder, its house, and its clock."""

    folder: Path
    scenario: Scenario
    house: House
    now: datetime = START

    def forward(self, length: timedelta) -> None:
        since, self.now = self.now - START, self.now + length
        exercising.play(self.folder, self.scenario, since, self.now - START, START)
        while sum(stage(self.house) for stage in STAGES.values()):
            pass

    def is_over(self, after: timedelta) -> bool:
        return is_over(self.house, self.scenario, after, timedelta(hours=1))


@pytest.fixture
def company(tmp_path: Path) -> Settings:
    """The real one, with a database that has no row."""
    (tmp_path / "secret").write_text("a shared secret", encoding="utf-8")
    Store.open(real(tmp_path)).close()
    return configured(tmp_path, "127.0.0.1:1", "http://127.0.0.1:1").model_copy(update={"home": tmp_path})


def real(home: Path) -> str:
    return f"sqlite:///{home / 'real.db'}"


@contextmanager
def rehearsing(settings: Settings, classifiers: Classifiers) -> Iterator[Rehearsal]:
    """The leak, in English, begun at START."""
    brand = exercising.brand_of(settings, None)
    scenario = fitted(read_scenario(find("leak", "en")), brand.name, brand.code_names[0])
    folder = settings.home / exercising.FOLDER / exercising.run_name(scenario, START)
    exercising.lay_out(folder)
    held = exercising.sandbox(settings, folder, brand, "en")
    store = Store.open(held.database_url())
    house = House(held, store, classifiers, open_http(held), "secret", clock=lambda: run.now, jitter=lambda: 0.0)
    run = Rehearsal(folder, scenario, house)
    house.store.sources.sync([one.id for one in held.source], START)
    try:
        yield run
    finally:
        house.close()


def test_a_leak_is_rehearsed_and_the_real_database_stays_as_it_is(company: Settings, classifiers: Classifiers) -> None:
    before = prints(company.home)
    with rehearsing(company, classifiers) as run:
        run.forward(timedelta())
        run.forward(SECOND)
        [first, *_] = run.house.store.incidents.list([IncidentState.OPEN])
        the_page_says_exercise(run)
        the_web_says_exercise(run)
        it_is_acknowledged_and_resolved(run, first.incident_id)
    assert prints(company.home) == before
    the_answers_are_timed(run, first.incident_id)
    assert exercising.runs(company) == [run.folder.name]
    a_lesson_is_all_that_the_real_database_gets(real(company.home), run)


def the_page_says_exercise(run: Rehearsal) -> None:
    mails = sorted((run.folder / "mail").glob("*.eml"))
    assert mails, "whoever is on call is paged"
    mail = message_from_bytes(mails[0].read_bytes(), policy=policy.default)
    assert str(mail["Subject"]).startswith("EXERCISE ")
    assert str(mail["To"]).endswith("@exercise.invalid")
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert "EXERCISE" in body.get_content()


def the_web_says_exercise(run: Rehearsal) -> None:
    context = Runner(run.house.settings, banner=exercising.BANNERS)._context(run.house, None)
    with serve(context) as address:
        assert "EXERCISE" in httpx.get(f"{address}/sign-in", headers={"Accept-Language": "en"}).text


def it_is_acknowledged_and_resolved(run: Rehearsal, incident_id: int) -> None:
    """After 120 s and after 520 s; the exercise is over once nothing is open."""
    store, held = run.house.store, run.house.settings
    run.forward(120 * SECOND)
    incidents.acknowledge(store, held, incident_id, "anna", run.now, seen=IncidentState.OPEN)
    run.forward(400 * SECOND)
    assert not run.is_over(run.now - START), "something is open"
    for row in store.incidents.list([IncidentState.OPEN, IncidentState.ACKNOWLEDGED]):
        incidents.resolve(store, held, row.incident_id, "jan", run.now, seen=row.state)
    assert run.is_over(run.scenario.posts[-1].at + QUIET)


def the_answers_are_timed(run: Rehearsal, incident_id: int) -> None:
    timed = exercising.timings(run.folder)
    mine = next(one for one in timed if one.incident_id == incident_id)
    assert mine.after_page(mine.acknowledged_at) == 120 * SECOND
    assert mine.after_page(mine.resolved_at) == 520 * SECOND
    assert all(one.resolved_at is not None for one in timed)


def a_lesson_is_all_that_the_real_database_gets(url: str, run: Rehearsal) -> None:
    store = Store.open(url)
    try:
        lesson = acts.learn_from_exercise(store, run.folder.name, "Nobody knew who answers the press", "anna", run.now)
        assert (store.lessons.get(lesson).origin, store.lessons.get(lesson).subject) == (Origin.EXERCISE, run.folder.name)
        assert store.incidents.list() == []
    finally:
        store.close()
