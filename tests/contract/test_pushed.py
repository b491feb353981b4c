"""Posts that other programs send, over the running web application, on both databases: what is taken, and what is refused whole."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import sqlalchemy as sa

from actions.sign_in import invite
from collector import SOURCES, webhook
from core.clock import utc_now
from core.http import Http
from core.settings import SourceSettings
from core.types import Scope
from czujka.asking import ask_due
from storage import Store
from storage.schema import item, source_state
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.measured import counted
from tests.web.site import SECRET, Clock, serve
from web import Context

KEY = b"a key of twenty-four byte"
POST = {
    "id": "7",
    "text": "Polna: paczka nie dosz\u0142a",
    "author": "@kasia",
    "created_at": "2026-11-20T21:10:00Z",
    "url": "https://x.example/7",
}


@dataclass
class Gate:
    """A running Czujka with two sources that are sent to and one that is not."""

    client: httpx.Client
    store: Store
    clock: Clock
    context: Context
    names: Iterator[int] = field(default_factory=lambda: iter(range(1_000)))

    def send(self, body: bytes, source: str = "forum", key: bytes = KEY, **headers: str) -> httpx.Response:
        """Signed by the standard's words, apart from the code under test."""
        told = {"webhook-id": f"msg_{next(self.names)}", "webhook-timestamp": str(int(self.clock.now.timestamp()))} | headers
        signed = hmac.new(key, f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body, hashlib.sha256).digest()
        return self.client.post(
            f"/in/{source}/posts", content=body, headers={"webhook-signature": f"v1,{base64.b64encode(signed).decode()}"} | told
        )

    def takes(self, *rows: dict[str, Any]) -> dict[str, Any]:
        answer = self.send("\n".join(json.dumps(row) for row in rows).encode())
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def stored(self) -> list[sa.Row[Any]]:
        with self.store.database.read() as connection:
            return list(connection.execute(sa.select(item).order_by(item.c.id)))

    def source(self) -> sa.Row[Any]:
        with self.store.database.read() as connection:
            return connection.execute(sa.select(source_state).where(source_state.c.source_id == "forum")).one()


def sources(folder: Path) -> tuple[SourceSettings, ...]:
    secret = folder / "secret"
    secret.write_text("whsec_" + base64.b64encode(KEY).decode() + "\n")
    kind = {"kind": "webhook", "secret": {"file": str(secret)}}
    return (
        webhook.Settings.model_validate({"id": "forum", "platform": "forum", "ours": ["@polna"], **kind}),
        webhook.Settings.model_validate({"id": "lost", "kind": "webhook", "secret": {"file": str(folder / "nothing")}}),
        SourceSettings(id="news", kind="rss"),
    )


@pytest.fixture
def gate(store: Store, tmp_path: Path) -> Iterator[Gate]:
    settings = dairy(source=sources(tmp_path))
    clock, http = Clock(), Http(allow_private=("127.0.0.0/8",))
    store.sources.sync([one.id for one in settings.source], clock())
    context = Context(store, settings, SECRET, clock=clock, http=http)
    with serve(context) as url, httpx.Client(base_url=url, headers={"Connection": "close"}, trust_env=False, timeout=30) as client:
        yield Gate(client, store, clock, context)
    http.close()


def test_a_post_is_stored_with_its_source_before_it_is_told_so(gate: Gate) -> None:
    before = counted("czujka_items_collected_total", source="forum", scope="mention")
    assert gate.takes(POST) == {"new": 1, "edited": 0, "known": 0, "unreadable": []}
    [row] = gate.stored()
    assert (row.platform, row.external_id, row.text, row.source_id, row.brand) == ("forum", "7", POST["text"], "forum", "polna")
    assert (row.author_handle, row.url, row.scope, row.may_page) == ("kasia", POST["url"], Scope.MENTION, True)
    assert (gate.source().items, gate.source().last_item_at) == (1, gate.clock.now)
    assert counted("czujka_items_collected_total", source="forum", scope="mention") == before + 1


def test_the_same_again_changes_nothing_and_another_text_is_an_edit(gate: Gate) -> None:
    gate.takes(POST)
    assert gate.takes(POST, POST | {"id": "8"}) == {"new": 1, "edited": 0, "known": 1, "unreadable": []}
    assert gate.takes(POST | {"text": "Polna: paczka przysz\u0142a"})["edited"] == 1
    assert [row.text for row in gate.stored()] == ["Polna: paczka przysz\u0142a", POST["text"]]


@pytest.mark.parametrize("body", [[POST, POST | {"id": "8"}], {"id": "7", "tre\u015b\u0107": "Polna"}])
def test_a_list_or_one_object_is_taken_too(gate: Gate, body: object) -> None:
    answer = gate.send(json.dumps(body, indent=1).encode())
    assert answer.json()["new"] == (2 if isinstance(body, list) else 1)
    assert [row.external_id for row in gate.stored()] == (["7", "8"] if isinstance(body, list) else ["7"])


def test_what_cannot_be_read_is_told_by_its_place_and_kept_and_the_rest_is_stored(gate: Gate) -> None:
    answer = gate.send(b'{"id": "1", "text": "Polna"}\n\n{"id": "2"}\n[]\n{"text": ')
    assert answer.status_code == 200
    told = answer.json()
    assert (told["new"], [bad["reason"] for bad in told["unreadable"]]) == (1, ["no_text", "not_an_object", "broken_json"])
    assert [bad["detail"].split(":")[0] for bad in told["unreadable"]] == ["line 3", "line 4", "line 5"]
    assert {row["reason"] for row in gate.store.sources.quarantined("forum")} == {"no_text", "not_an_object", "broken_json"}
    assert gate.send(b'[{"id": "3"}]').json()["unreadable"][0]["detail"].startswith("post 1: ")


def test_old_posts_page_nobody_and_a_time_in_the_future_is_not_believed(gate: Gate) -> None:
    gate.takes(POST | {"id": "old", "created_at": "2026-10-01T10:00:00Z"}, POST | {"id": "early", "created_at": "2027-01-01T10:00:00Z"})
    assert [(row.external_id, row.may_page) for row in gate.stored()] == [("old", False), ("early", True)]
    assert gate.stored()[1].created_at == gate.clock.now


def test_our_own_voice_is_known(gate: Gate) -> None:
    gate.takes(POST, POST | {"id": "8", "author": "@polna"})
    assert [row.voice for row in gate.stored()] == ["public", "ours"]


@pytest.mark.parametrize("spoilt", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_without_a_part_of_the_signature_nothing_is_stored(gate: Gate, spoilt: str) -> None:
    before = counted("czujka_errors_total", stage="push", reason="forged")
    body = json.dumps(POST).encode()
    sent = gate.send(body).request.headers
    gate.clock.now += timedelta(seconds=1)
    for value in ("", "\u00b2", "v1,", "9" * 30, sent[spoilt] + "0"):
        headers = [(name, sent[name]) for name in sent if name.startswith("webhook-") and name != spoilt]
        answer = gate.client.post("/in/forum/posts", content=body, headers=[*headers, (spoilt, value.encode("utf-8"))])
        assert (answer.status_code, answer.json()["error"]) == (401, "forged")
    assert len(gate.stored()) == 1
    assert counted("czujka_errors_total", stage="push", reason="forged") == before + 5


def test_another_key_another_body_and_another_time_are_refused(gate: Gate) -> None:
    body = json.dumps(POST).encode()
    assert gate.send(body, key=b"another").json()["error"] == "forged"
    sent = {name: value for name, value in gate.send(b'{"text": "a"}').request.headers.items() if name.startswith("webhook-")}
    assert gate.client.post("/in/forum/posts", content=body, headers=sent).json()["error"] == "forged"
    for away in (-301, 301):
        answer = gate.send(body, **{"webhook-timestamp": str(int(gate.clock.now.timestamp()) + away)})
        assert (answer.status_code, answer.json()["error"]) == (401, "stale")
    assert gate.send(body, **{"webhook-timestamp": str(int(gate.clock.now.timestamp()) - 299)}).status_code == 200
    assert [row.text for row in gate.stored()] == ["a", POST["text"]]


def test_one_of_several_signatures_is_enough(gate: Gate) -> None:
    body = json.dumps(POST).encode()
    sent = {name: value for name, value in gate.send(body).request.headers.items() if name.startswith("webhook-")}
    both = sent | {"webhook-signature": f"v1,{base64.b64encode(b'x' * 32).decode()} v1a,other {sent['webhook-signature']}"}
    assert gate.client.post("/in/forum/posts", content=body, headers=both).status_code == 200


def test_what_is_too_much_or_no_text_is_refused_whole(gate: Gate) -> None:
    row = json.dumps({"text": "Polna"}).encode()
    most = gate.send(b"\n".join([row] * 500))
    assert (most.status_code, most.json()["new"]) == (200, 500)
    many = gate.send(b"\n".join([row] * 501))
    assert (many.status_code, many.json()["error"]) == (413, "too_many")
    assert "at most 500" in many.json()["detail"]
    large = gate.send(b" " * (4 * 1024 * 1024 + 1))
    assert (large.status_code, large.json()["error"]) == (413, "too_large")
    broken = gate.send(b'{"text": "\xff"}')
    assert (broken.status_code, broken.json()["error"]) == (400, "unreadable")
    assert len(gate.stored()) == 500


@pytest.mark.parametrize(
    ("source", "status", "reason"), [("nobody", 404, "no_such_source"), ("news", 404, "no_such_source"), ("lost", 503, "secret_missing")]
)
def test_only_a_source_that_is_sent_to_takes_posts(gate: Gate, source: str, status: int, reason: str) -> None:
    answer = gate.send(json.dumps(POST).encode(), source=source)
    assert (answer.status_code, answer.json()["error"]) == (status, reason)
    assert gate.stored() == []


def test_when_the_database_fails_the_sender_is_not_told_that_all_is_well(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    real = type(gate.store.sources)._quarantine

    def fails(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(type(gate.store.sources), "_quarantine", fails)
    assert gate.send(json.dumps(POST).encode()).status_code == 500
    assert gate.stored() == []
    monkeypatch.setattr(type(gate.store.sources), "_quarantine", real)
    assert gate.takes(POST)["new"] == 1


def test_nobody_is_asked_and_the_source_is_well(gate: Gate) -> None:
    gate.takes(POST)
    house = cast(Any, Bare(gate.store, gate.context.settings, gate.clock.now))
    with closing(house.http):
        assert ask_due(house, ["forum"]) == 0
    [health] = [one for one in gate.store.sources.health(gate.clock.now) if one.source_id == "forum"]
    assert (health.state, health.items, health.last_item_at) == ("healthy", 1, gate.clock.now)


def test_a_source_whose_secret_is_missing_is_ill_before_anybody_sends(gate: Gate) -> None:
    house = cast(Any, Bare(gate.store, gate.context.settings, gate.clock.now))
    with closing(house.http):
        ask_due(house, ["lost"])
    [health] = [one for one in gate.store.sources.health(gate.clock.now) if one.source_id == "lost"]
    assert (health.state, health.reason) == ("failing", "secret_missing")


def test_the_kind_is_known_by_its_name() -> None:
    assert SOURCES.get("webhook") is webhook


def test_the_page_says_where_to_send_until_something_came(gate: Gate) -> None:
    gate.client.headers["Accept-Language"] = "en"
    assert gate.client.post("/sign-in", data={"token": invite(gate.store, "anna", gate.clock())}).status_code == 303
    where = f"{str(gate.client.base_url).rstrip('/')}/in/forum/posts"
    assert f"signed, to {where}" in gate.client.get("/sources").text
    gate.takes(POST)
    page = gate.client.get("/sources").text
    assert where not in page
    assert "another program sends its posts" in page


def test_the_program_of_the_manual_sends(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "take-posts.md").read_text("utf-8")
    [program] = [block.split("```")[0] for block in page.split("```python\n")[1:]]
    monkeypatch.setattr(gate.context, "clock", utc_now)
    told = {"CZUJKA_FORUM_URL": f"{gate.client.base_url}/in/forum/posts", "CZUJKA_FORUM_SECRET": KEY.decode()}
    ran = subprocess.run([sys.executable, "-c", program], env=told, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() in page
    assert [row.external_id for row in gate.stored()] == ["1207"]
