"""The demonstration under a real Prometheus: every query of every board has data, and what happens moves the panel that shows it."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

import demo.__main__ as player
from tests.contract.collectors.mastodon import Mentions
from tests.fakes.demonstration import ROOT, Running, running
from tests.fakes.drawn import slide
from tests.fakes.platform import Post, expect, reply_json
from tests.fakes.prometheus import Prometheus, prometheus
from tests.fakes.server import Reply, Request, Server
from tests.integration.test_dashboards import DASHBOARDS, VARIABLES, marks, panels, queries

pytestmark = pytest.mark.timeout(300)

PATIENCE = 400
"""turns of a fifth of a second"""
PICTURE = "/pictures/1.jpg"
OURS = "https://social.example/users/polna/statuses/9001"
MORE = """
[http]
allow_private = ["127.0.0.0/8"]

[pictures]
read = true

[heartbeat]
url = {{ file = "beat" }}
every = "10s"

[[hook]]
id = "crm"
url = "{sink}"
secret = {{ file = "secret" }}
events = ["*"]

[[source]]
id = "toots"
kind = "mastodon"
server = "{toots}"
notifications = true
token = {{ file = "token" }}
ours = ["polna"]
answer = true
scope = "mention"
brand = "polna"
every = "2s"
"""


class Toots(Mentions):
    """A server on which somebody asks us something, and that takes our answer; later posts have a picture that nobody described."""

    def answer(self, request: Request) -> Reply:
        if request.path == PICTURE:
            return Reply(200, slide(("Mleczarnia Polna", "Kefir, 1 litr")), {"Content-Type": "image/jpeg"})
        if request.method == "POST":
            self.check_token(request)
            expect(request.path == "/api/v1/statuses", "a status")
            return reply_json({"id": "9001", "uri": OURS, "content": "", "created_at": self.now.isoformat()})
        return super().answer(request)

    def status(self, post: Post) -> dict[str, Any]:
        shown = [{"id": "1", "type": "image", "url": f"{self.server.url}{PICTURE}", "description": None}] if post.number > 1 else []
        return super().status(post) | {"media_attachments": shown}


@dataclass(frozen=True)
class Show:
    """What runs, and who looks at it."""

    running: Running
    prometheus: Prometheus
    api: httpx.Client
    toots: Toots

    @property
    def x(self) -> Path:
        return self.running.folder / "var" / "demo" / "x.jsonl"

    def post(self, number: int, text: str) -> None:
        """A stranger with many followers writes on X."""
        line = {"id": f"live-{number}", "created_at": datetime.now(UTC).isoformat(), "text": text, "author_handle": f"live{number}"}
        player.append(self.x, json.dumps(line | {"followers": 12_000, "platform": "x", "kind": "post"}, ensure_ascii=False) + "\n")

    def ask(self, path: str, **query: Any) -> Any:
        answer = self.api.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, path: str, body: object = None, seen: str | None = None) -> Any:
        answer = self.api.post(path, json=body, headers={"If-Match": seen} if seen else {})
        assert answer.status_code < 300, answer.text
        return answer.json()

    def value(self, expr: str) -> float:
        """The sum of what an expression gives now; nothing that is a number is -1."""
        values = finite(self.prometheus, expr)
        return sum(values) if values else -1

    def wait(self, is_so: Any) -> None:
        for _ in range(PATIENCE):
            if is_so():
                return
            self.prometheus.turn()
        raise AssertionError("it did not come to pass in time")


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    folder = tmp_path_factory.mktemp("demonstration")
    toots = Toots()
    toots.now = datetime.now(UTC)
    toots.posts.append(Post(1, "Kefir z Polnej był zepsuty. Gdzie zgłosić reklamację?", toots.now - timedelta(minutes=5)))
    with Server(lambda _: Reply(200)) as sink, toots:
        written = (ROOT / "demo" / "czujka.toml").read_text(encoding="utf-8") + MORE.format(sink=sink.url, toots=toots.server.url)
        (folder / "czujka.toml").write_text(written, encoding="utf-8")
        for name, secret in (("beat", sink.url), ("secret", "s3cr3t"), ("token", toots.secret)):
            (folder / name).write_text(secret, encoding="utf-8")
        player.prepare(folder / "var", datetime.now(UTC))
        with running(folder) as demonstration:
            port = int(demonstration.address.rsplit(":", 1)[1])
            token = demonstration.verb(
                "tokens", "add", "show", "--person", "tom", "--scope", "see", "--scope", "act", "--for", "1d"
            ).split()[-1]
            with prometheus(folder, port) as server, client(demonstration, token) as api:
                yield Show(demonstration, server, api, toots)
    assert toots.server.complaints == []


def client(demonstration: Running, token: str) -> httpx.Client:
    return httpx.Client(
        base_url=f"{demonstration.address}/api/v1", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30
    )


def test_what_happens_in_the_demonstration_is_seen_on_its_boards(show: Show) -> None:
    """A code name, a crisis declared, an incident taken; then every query, with all that a day brings."""
    three_events_move_three_panels(show)
    a_day_brings(show)
    missing = dict(each_query())
    for number in range(PATIENCE):
        missing = {title: expr for title, expr in missing.items() if not finite(show.prometheus, expr)}
        if not missing:
            break
        show.post(number, f"Zepsuty jogurt z Mleczarni Polnej, już {number + 2}. raz. Żenada.")
        show.ask("/sources")
        show.prometheus.turn()
    assert missing == {}, show.running.folder
    sources = httpx.get(f"{show.prometheus.url}/api/v1/label/source/values").json()["data"]
    assert {"demo-x", "demo-facebook", "demo-mastodon", "demo-instagram", "toots"} <= set(sources), "what a reader can choose"


def three_events_move_three_panels(show: Show) -> None:
    """The gauges are measured every ten seconds, so what people do is done together and then looked for."""
    opened, taken = panel("crisis", "Grave incidents opened"), panel("crisis", "Grave and open")
    declared = panel("crisis", "Crises declared")
    show.wait(lambda: show.running.metric("czujka_source_last_success_timestamp_seconds") > 5 * 1e9)
    show.wait(lambda: show.value(declared) == 0)
    before = max(0, show.value(opened))
    player.play(show.running.folder / "var", datetime.now(UTC) - timedelta(seconds=60), iter([60.0]))
    show.wait(lambda: show.value(opened) >= before + 1 and "leak.codename" in labels(show, opened))
    show.wait(lambda: len(grave(show)) >= 2 and show.value(taken) == len(grave(show)))
    waiting = show.value(taken)
    show.act("/crises", {"title": "Chorzy po jogurcie", "kind": "harm"})
    show.wait(lambda: take(show) and show.value(declared) == 1)
    show.wait(lambda: take(show) and show.value(taken) < waiting)
    show.wait(lambda: all(show.value(expr) > 0 for expr in marks().values()))


def take(show: Show) -> bool:
    """Take what nobody has: more may have come since, and a panel that stays the same would be right."""
    for incident in grave(show):
        show.act(f"/incidents/{incident}/acknowledge")
    return True


def labels(show: Show, expr: str) -> set[str]:
    """Which kinds a panel shows: also the first of its kind."""
    return {series["metric"]["label"] for series in show.prometheus.ask(substituted(expr))}


def a_day_brings(show: Show) -> None:
    """A verdict, an answer on a platform, a picture, a line that nobody can read, a click that is none."""
    show.toots.posts.append(Post(2, "Patrzcie na to", datetime.now(UTC)))
    found = next(one for post in show.ask("/posts", q="Bursztyn")["items"] for one in post["findings"])
    show.act(f"/findings/{found['id']}/verdict", {"said": "right"})
    show.wait(lambda: asked_us(show))
    talk = asked_us(show)[0]
    version = show.api.get(f"/conversations/{talk}").headers["etag"]
    show.act(f"/conversations/{talk}/replies", {"text": "Przepraszamy. Proszę napisać do nas wiadomość.", "anyway": True}, seen=version)
    player.append(show.x, "{\n")
    httpx.post(f"{show.running.address}/in/nowhere/clicks", content=b"", timeout=30)


def asked_us(show: Show) -> list[int]:
    """The conversation with the one who wrote on the server that takes answers; everybody there has our name."""
    talks = (talk for page in pages(show, "/conversations") for talk in page)
    return [talk["id"] for talk in talks if (talk["platform"], talk["author"]) == ("mastodon", "Mleczarnia Polna")]


def pages(show: Show, path: str) -> Iterator[list[dict[str, Any]]]:
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = show.ask(path, **query)
        yield page["items"]
        if page["next"] is None:
            return
        query["cursor"] = page["next"]


def grave(show: Show) -> list[int]:
    """Grave incidents that nobody has taken."""
    return [one["id"] for one in show.ask("/incidents", state="open", limit=200)["items"] if one["severity"] in {"high", "critical"}]


def panel(board: str, title: str) -> str:
    [path] = [path for path in DASHBOARDS if path.stem == board]
    [found] = [one for one in panels(path) if one["title"] == title]
    return str(found["targets"][0]["expr"])


def each_query() -> Iterator[tuple[str, str]]:
    """Every query of every board by a name of its own."""
    for number, (title, expr) in enumerate(queries()):
        yield f"{number}: {title}", expr


def substituted(expr: str) -> str:
    for variable, value in VARIABLES.items():
        expr = expr.replace(variable, value)
    assert "$" not in expr, f"a variable that nobody fills in: {expr}"
    return expr


def finite(server: Prometheus, expr: str) -> list[float]:
    """What an expression gives now, without what is no number."""
    values = [float(series["value"][1]) for series in server.ask(substituted(expr))]
    return [value for value in values if math.isfinite(value)]
