"""An exercise as its people meet it: posts in their time, pages that say EXERCISE, answers that are timed, a lesson in the real database,
and nothing else of that database touched."""

import hashlib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import httpx

from actions import incidents
from actions import lessons as acts
from classifiers.understand import Classifiers
from core.lessons import Origin
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


def test_a_leak_is_rehearsed_and_the_real_database_stays_as_it_is(tmp_path: Path, classifiers: Classifiers) -> None:
    (tmp_path / "secret").write_text("a shared secret", encoding="utf-8")
    settings = configured(tmp_path, "127.0.0.1:1", "http://127.0.0.1:1").model_copy(update={"home": tmp_path})
    url = f"sqlite:///{tmp_path / 'real.db'}"
    Store.open(url).close()
    before = prints(tmp_path)
    brand = exercising.brand_of(settings, None)
    scenario = fitted(read_scenario(find("leak", "en")), brand.name, brand.code_names[0])
    name = exercising.run_name(scenario, START)
    folder = tmp_path / exercising.FOLDER / name
    exercising.lay_out(folder)
    held = exercising.sandbox(settings, folder, brand, "en")
    now = [START]
    house = House(held, Store.open(held.database_url()), classifiers, open_http(held), "secret", clock=lambda: now[0], jitter=lambda: 0.0)
    house.store.sources.sync([one.id for one in held.source], START)

    def forward(length: timedelta) -> None:
        since, now[0] = now[0] - START, now[0] + length
        exercising.play(folder, scenario, since, now[0] - START, START)
        while sum(stage(house) for stage in STAGES.values()):
            pass

    try:
        forward(timedelta())
        forward(SECOND)
        [first, *_] = house.store.incidents.list([IncidentState.OPEN])
        mails = sorted((folder / "mail").glob("*.eml"))
        assert mails, "whoever is on call is paged"
        mail = message_from_bytes(mails[0].read_bytes(), policy=policy.default)
        assert str(mail["Subject"]).startswith("EXERCISE ")
        assert str(mail["To"]).endswith("@exercise.invalid")
        for part in ("plain", "html"):
            body = mail.get_body((part,))
            assert body is not None
            assert "EXERCISE" in body.get_content()
        context = Runner(held, banner=exercising.BANNERS)._context(house, None)
        with serve(context) as address:
            assert "EXERCISE" in httpx.get(f"{address}/sign-in", headers={"Accept-Language": "en"}).text
        forward(120 * SECOND)
        incidents.acknowledge(house.store, held, first.incident_id, "anna", now[0], seen=IncidentState.OPEN)
        forward(400 * SECOND)
        assert not is_over(house, scenario, now[0] - START, timedelta(hours=1)), "something is open"
        for row in house.store.incidents.list([IncidentState.OPEN, IncidentState.ACKNOWLEDGED]):
            incidents.resolve(house.store, held, row.incident_id, "jan", now[0], seen=row.state)
        assert is_over(house, scenario, scenario.posts[-1].at + QUIET, timedelta(hours=1))
    finally:
        house.close()
    assert prints(tmp_path) == before

    timed = exercising.timings(folder)
    mine = next(one for one in timed if one.incident_id == first.incident_id)
    assert mine.after_page(mine.acknowledged_at) == 120 * SECOND
    assert mine.after_page(mine.resolved_at) == 520 * SECOND
    assert all(one.resolved_at is not None for one in timed)
    assert exercising.runs(settings) == [name]

    store = Store.open(url)
    try:
        lesson = acts.learn_from_exercise(store, name, "Nobody knew who answers the press", "anna", now[0])
        assert (store.lessons.get(lesson).origin, store.lessons.get(lesson).subject) == (Origin.EXERCISE, name)
        assert store.incidents.list() == []
    finally:
        store.close()
