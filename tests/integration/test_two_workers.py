"""Two processes that deliver from one database: every page is sent once, by one of them, and both have their share."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from alerts.channels import webhook
from core.sending import Pages
from core.settings import Settings
from core.types import Contact, Severity
from storage import Store
from tests.fakes.bare import side_by_side
from tests.fakes.sink import Arrived, Reply, Sink
from tests.web.seed import Seed

DAWN = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
INCIDENTS, PEOPLE = 8, 20
SECRET = "whsec_two"


def test_two_workers_share_the_pages_and_send_none_twice(store: Store, database_url: str, tmp_path: Path) -> None:
    with Sink(usual=answers_slowly) as sink:
        settings = company(tmp_path, sink.url)
        for number in range(INCIDENTS):
            pages(store, number)
        shares = side_by_side(["deliver", "deliver"], database_url, settings, DAWN)
        arrived = Counter(one.headers["Idempotency-Key"] for one in list(sink.arrived))
    assert sum(shares) == INCIDENTS * PEOPLE
    assert min(shares) > 0, f"one did all: {shares}"
    assert len(arrived) == INCIDENTS * PEOPLE, "none is missing"
    assert set(arrived.values()) == {1}, "none arrived twice"
    for row in store.incidents.list(limit=INCIDENTS):
        told = store.incidents.card(row.incident_id).told
        assert [[outcome for _, outcome, _ in one.attempts] for one in told] == [["sent"]] * PEOPLE


def answers_slowly(_: Arrived) -> Reply:
    """As a receiver far away; long enough that one worker cannot empty the outbox before the other has looked."""
    Event().wait(0.05)
    return Reply()


def company(folder: Path, url: str) -> Settings:
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    hook = Settings.model_validate(
        {"company": {"name": "Mleczarnia Polna"}, "http": {"allow_private": ["127.0.0.0/8"]}, "home": folder},
    )
    table = webhook.Settings.model_validate({"id": "hook", "kind": "webhook", "url": url, "secret": {"file": str(folder / "secret")}})
    return hook.model_copy(update={"channel": (table,)})


def pages(store: Store, number: int) -> None:
    """An incident that is told to twenty people."""
    seed = Seed(store, DAWN, ids=[0] * number)
    post = seed.post(f"Projekt Bursztyn {number}?", ("Projekt Bursztyn", "leak.codename", Severity.CRITICAL))
    incident_id = seed.opens([post], "leak.codename", Severity.CRITICAL, "pr", title="Projekt Bursztyn")
    contacts = tuple(
        Contact(kind="webhook", address=f"p{each}", channel="hook", person=f"p{each}", language="pl") for each in range(PEOPLE)
    )
    paged = Pages(
        incident_id=incident_id,
        version=store.incidents.card(incident_id).row.version,
        kind="page",
        contacts=contacts,
        step=1,
        repeated=0,
        next_step_at=DAWN + timedelta(hours=1),
        reason="step_due",
    )
    assert store.incidents.apply_pages([paged], DAWN) == 1
