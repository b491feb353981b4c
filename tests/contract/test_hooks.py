"""Hooks on both databases, told over real HTTP: what happened arrives signed, at least once, whatever the other side does."""

import base64
import hashlib
import hmac
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions import conversations, crisis, incidents
from core.crisis import Kind
from core.errors import Conflict
from core.hooks import Wish, signed, wants_findings
from core.settings import Settings
from core.types import Severity
from czujka.doctor import audit
from storage import Store
from storage.schema import incident_event
from storage.schema_daily import hook_call
from tests.fakes.hooked import Hooked, hooked
from tests.fakes.measured import counted
from tests.fakes.mortal import ROOT
from tests.fakes.sink import Reply, Sink
from tests.web.seed import Seed, evening, settings

NOW = datetime(2026, 11, 20, 21, 14, tzinfo=UTC)
LEASE = timedelta(minutes=2)
Hearing = Callable[[Settings], Hooked]
KEY = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


@pytest.fixture
def hearing(store: Store) -> Iterator[Hearing]:
    """A house with hooks of these settings."""
    opened: list[Hooked] = []

    def made(config: Settings) -> Hooked:
        opened.append(Hooked(store, config, NOW))
        return opened[-1]

    yield made
    for one in opened:
        one.http.close()


@pytest.fixture
def leak(store: Store) -> int:
    """One open incident, which nobody was told of."""
    seed = Seed(store, NOW)
    post = seed.post("Projekt Bursztyn? Anna Kowalska wie", ("Projekt Bursztyn", "leak.codename", Severity.CRITICAL), author="@marek")
    return seed.opens([post], "leak.codename", Severity.CRITICAL, "pr", title="Projekt Bursztyn")


def states(store: Store) -> list[tuple[str, str]]:
    with store.database.read() as connection:
        rows = connection.execute(sa.select(hook_call.c.kind, hook_call.c.state).order_by(hook_call.c.id)).all()
    return [(row.kind, row.state) for row in rows]


def test_what_happened_arrives_signed_once_and_says_what_changed(store: Store, leak: int, tmp_path: Path, hearing: Hearing) -> None:
    with Sink() as sink:
        house = hearing(hooked(tmp_path, sink.url))
        before = counted("czujka_hook_calls_total", hook="crm", outcome="sent")
        assert house.tell() == 1
        incidents.acknowledge(store, settings(tmp_path), leak, "anna", NOW)
        assert house.tell() == 1
        assert house.tell() == 0
        opened, taken = sink.arrived
    assert counted("czujka_hook_calls_total", hook="crm", outcome="sent") == before + 2
    assert [one.json()["type"] for one in (opened, taken)] == ["incident.opened", "incident.acknowledged"]
    data = taken.json()["data"]
    assert (data["incident"]["id"], data["incident"]["state"], data["event"]["actor"]) == (leak, "acknowledged", "anna")
    assert data["incident"]["url"] == f"https://czujka.example/incidents/{leak}"
    assert b"Kowalska" not in opened.body
    assert b"@marek" not in opened.body
    name, seconds = opened.headers["webhook-id"], opened.headers["webhook-timestamp"]
    expected = base64.b64encode(hmac.new(KEY, f"{name}.{seconds}.".encode() + opened.body, hashlib.sha256).digest()).decode()
    assert opened.headers["webhook-signature"] == f"v1,{expected}"
    assert int(seconds) == int(NOW.timestamp())
    assert opened.headers["webhook-id"] != taken.headers["webhook-id"]


def test_the_signature_is_that_of_the_standard() -> None:
    body = b'{"test": 2432232314}'
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), body
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_is_in_the_outbox_exactly_when_it_happened(store: Store, leak: int) -> None:
    wish = Wish("crm", ("incident.*",))
    with pytest.raises(RuntimeError), store.database.write() as connection:
        line = {"incident_id": leak, "at": NOW, "actor": "anna", "kind": "resolved", "reason": "by_hand", "detail": {}}
        connection.execute(sa.insert(incident_event).values(line))
        raise RuntimeError("the act failed after its line was written")
    store.hooks.announce([wish], NOW)
    assert states(store) == [("incident.opened", "waiting")]
    store.hooks.announce([wish], NOW)
    assert states(store) == [("incident.opened", "waiting")]


def test_each_hook_gets_what_it_wants_and_the_past_is_not_told_to_new_ones(store: Store, tmp_path: Path) -> None:
    city = evening(store, settings(tmp_path), NOW)
    both = (Wish("all", ("*",)), Wish("talks", ("conversation.answered", "conversation.assign")))
    store.hooks.announce(both, NOW)
    row = store.conversations.get(city.late_talk)
    conversations.assign(store, row.conversation_id, row.version, "anna", NOW)
    store.hooks.announce(both, NOW)
    calls = store.hooks.lease_due(NOW, 1000, LEASE)
    assert [call.kind for call in calls if call.hook == "talks"] == ["conversation.assign"]
    kinds = {call.kind for call in calls if call.hook == "all"}
    assert {"incident.opened", "incident.grew", "incident.resolved", "conversation.opened", "conversation.assign"} <= kinds
    assert not any("kasia" in str(call.data) for call in calls), "no author's name leaves by this way"
    store.hooks.announce((Wish("late", ("*",)),), NOW)
    assert store.hooks.lease_due(NOW, 1000, LEASE) == []


def test_a_crisis_is_told_from_its_declaration_to_its_end_without_what_is_written_in_the_room(
    store: Store, leak: int, tmp_path: Path, hearing: Hearing
) -> None:
    company = settings(tmp_path)
    with Sink() as sink:
        house = hearing(hooked(tmp_path, sink.url, "crisis.declared", "crisis.stood_down"))
        number = crisis.declare(store, company, "Projekt Bursztyn is out", "anna", NOW, kind=Kind.LEAK, incident_id=leak)
        crisis.log(store, number, "Kowalska called", "anna", NOW)
        crisis.stand_down(store, number, "Kowalska is reassured", "anna", NOW + timedelta(hours=1))
        assert house.tell() == 2
        assert house.tell() == 0
        declared, over = sorted(sink.arrived, key=lambda one: one.json()["timestamp"])
    assert [one.json()["type"] for one in (declared, over)] == ["crisis.declared", "crisis.stood_down"]
    data = over.json()["data"]
    assert (data["crisis"]["stage"], data["crisis"]["incident_id"], data["event"]["actor"]) == ("stood_down", leak, "anna")
    assert data["crisis"]["url"] == f"https://czujka.example/crisis/{number}"
    assert b"Kowalska" not in declared.body + over.body


def test_findings_are_kept_for_hooks_only_where_one_wants_them(store: Store, tmp_path: Path) -> None:
    assert not wants_findings(hooked(tmp_path, "https://crm.example").hook)
    assert wants_findings(hooked(tmp_path, "https://crm.example", "finding.leak.*").hook)
    seed = Seed(store, NOW)
    seed.post("Projekt Bursztyn", ("", "leak.codename", Severity.CRITICAL))
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE finding SET unannounced = :yes"), {"yes": True})
    store.hooks.announce((Wish("crm", ("finding.leak.*",)), Wish("other", ("finding.complaint.*",))), NOW)
    [call] = store.hooks.lease_due(NOW, 10, LEASE)
    assert (call.hook, call.kind, call.data["finding"]["severity"]) == ("crm", "finding.leak.codename", "critical")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=500), "unavailable"),
        (Reply(status=404), "gone"),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:9/"}), "rejected"),
        (Reply(how="hang"), "timeout"),
        (Reply(how="drop"), "connect"),
    ],
)
def test_whatever_is_no_yes_is_tried_again_under_the_same_name(
    store: Store, leak: int, tmp_path: Path, reply: Reply, reason: str, hearing: Hearing
) -> None:
    with Sink() as sink:
        house = hearing(hooked(tmp_path, sink.url, timeout="1s"))
        sink.answers(reply)
        before = counted("czujka_hook_calls_total", hook="crm", outcome="retry")
        assert house.tell() == 0
        assert [(one.failing, one.reason) for one in store.hooks.health(NOW)] == [(1, reason)]
        assert counted("czujka_hook_calls_total", hook="crm", outcome="retry") == before + 1
        assert house.tell() == 0, "not before its time"
        house.now += timedelta(seconds=3)
        assert house.tell() == 1
        assert len({one.headers["webhook-id"] for one in sink.arrived}) == 1
        assert states(store) == [("incident.opened", "sent")]


def test_a_wait_that_is_asked_for_is_kept_and_after_a_day_it_is_over(store: Store, leak: int, tmp_path: Path, hearing: Hearing) -> None:
    with Sink(lambda _: Reply(status=429, headers={"Retry-After": "600"})) as sink:
        house = hearing(hooked(tmp_path, sink.url))
        house.tell()
        house.now += timedelta(seconds=599)
        house.tell()
        assert len(sink.arrived) == 1
        assert [ill.detail for ill in audit(house.settings, store, house.now) if ill.kind == "hook"] == [
            "has not taken 1 events, the oldest of 2026-11-20 21:11 UTC, last: rate_limited"
        ]
        house.now += timedelta(seconds=1)
        house.tell()
        assert len(sink.arrived) == 2
        house.now += timedelta(days=1)
        house.tell()
    assert states(store) == [("incident.opened", "failed")]
    assert [(one.failing, one.given_up) for one in store.hooks.health(house.now)] == [(0, 1)]
    assert "did not take 1 events" in next(ill.detail for ill in audit(house.settings, store, house.now) if ill.kind == "hook")
    assert store.hooks.forget(house.now + timedelta(days=14)) == 1


def test_a_private_address_is_refused_unless_it_is_allowed(store: Store, leak: int, tmp_path: Path, hearing: Hearing) -> None:
    with Sink() as sink:
        house = hearing(hooked(tmp_path, sink.url, private=()))
        assert house.tell() == 0
        assert sink.arrived == []
    assert store.hooks.health(NOW)[0].reason == "refused_address"


def test_a_stale_lease_records_nothing(store: Store, leak: int) -> None:
    store.hooks.announce([Wish("crm", ("*",))], NOW)
    first = store.hooks.lease_due(NOW, 10, LEASE)
    assert store.hooks.lease_due(NOW + LEASE / 2, 10, LEASE) == []
    second = store.hooks.lease_due(NOW + LEASE, 10, LEASE)
    assert [one.uncertain for one in (*first, *second)] == [False] * len(first) + [True] * len(second)
    with pytest.raises(Conflict):
        store.hooks.sent(first[0], NOW)
    store.hooks.sent(second[0], NOW)
    with pytest.raises(Conflict):
        store.hooks.failed(second[0], "late", None)


def test_a_hook_that_is_no_longer_configured_ends_its_calls(store: Store, leak: int, tmp_path: Path, hearing: Hearing) -> None:
    with Sink(lambda _: Reply(status=500)) as sink:
        house = hearing(hooked(tmp_path, sink.url))
        house.tell()
        house.settings = house.settings.model_copy(update={"hook": ()})
        house.now += timedelta(hours=1)
        house.tell()
        assert len(sink.arrived) == 1
    assert states(store) == [("incident.opened", "failed")]


class TestCommandLine:
    def configured(self, folder: Path, url: str, *, events: str = '"incident.*"') -> Path:
        file = folder / "czujka.toml"
        (folder / "secret").write_text("s3cret", encoding="utf-8")
        text = f'[company]\nname = "Polna"\n[http]\nallow_private = ["127.0.0.0/8"]\n[storage]\nurl = "sqlite:///{folder}/c.db"\n'
        file.write_text(f'{text}[[hook]]\nid = "crm"\nurl = "{url}"\nsecret = {{ file = "{folder}/secret" }}\nevents = [{events}]\n')
        return file

    def said(self, file: Path, *verb: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "czujka", "--config", str(file), *verb]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_a_hook_is_tried(self, tmp_path: Path) -> None:
        with Sink() as sink:
            file = self.configured(tmp_path, sink.url)
            assert self.said(file, "hooks", "test", "crm") == (0, "crm took it\n")
            assert sink.arrived[0].json()["type"] == "hook.test"
            sink.answers(Reply(status=403))
            status, told = self.said(file, "hooks", "test", "crm")
            assert (status, "unauthorized" in told) == (1, True)
        status, told = self.said(file, "hooks", "test", "erp")
        assert (status, "there are: crm" in told) == (2, True)
        assert "crm" in self.said(file, "hooks", "list")[1]

    @pytest.mark.parametrize("events", ['"incidents.opened"', ""])
    def test_events_that_do_not_exist_are_errors_with_their_line(self, tmp_path: Path, events: str) -> None:
        status, told = self.said(self.configured(tmp_path, "https://crm.example", events=events), "check")
        assert (status, "line 11: hook[1].events" in told) == (2, True), told
