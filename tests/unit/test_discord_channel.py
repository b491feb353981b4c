"""Discord beyond what all channels promise: people, edits, limits, and whose clicks count."""

import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alerts.channels import discord
from alerts.channels.base import Click, Knock, Reply
from core.errors import ClickRefused
from core.http import Http
from core.types import Clicks, Contact
from tests.fakes.messages import NOW, hostile_message, message, quote
from tests.fakes.services import discord as answers
from tests.fakes.sink import Sink

TOKEN = "tajny-token-bota"
ROOM = Contact(kind="discord", address="112233445566778899", channel="discord-pr")
CLICKS = Clicks(
    url="https://czujka.example/clicks/discord-pr",
    acknowledge="a.12.1.sig",
    resolve="r.12.1.sig",
    snooze="s.12.1.sig",
    irrelevant="i.12.1.sig",
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


@pytest.fixture
def api() -> Iterator[Sink]:
    with Sink(answers(TOKEN)) as running:
        yield running


@pytest.fixture
def settings(api: Sink, monkeypatch: pytest.MonkeyPatch) -> discord.Settings:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    table = {"id": "discord-pr", "token": {"env": "DISCORD_TOKEN"}, "base_url": f"{api.url}/api/v10", "public_key": public}
    return discord.Settings.model_validate(table)


def knock(body: object, *, stamp: int = int(NOW.timestamp()), key: Ed25519PrivateKey = KEY, changed: bytes = b"") -> Knock:
    content = json.dumps(body).encode()
    signature = key.sign(str(stamp).encode() + content).hex()
    return Knock({"x-signature-ed25519": signature, "x-signature-timestamp": str(stamp)}, content + changed, NOW)


CLICK = {"type": 3, "id": "99", "data": {"custom_id": "a.12.1.sig"}, "member": {"user": {"id": "555000111"}}}


def test_a_person_is_written_to_in_a_room_of_their_own(api: Sink, settings: discord.Settings, http: Http) -> None:
    receipt = discord.send(message(), settings, Contact(kind="discord", address="@555000111", channel="discord-pr"), http)
    assert [arrived.path for arrived in api.arrived] == ["/api/v10/users/@me/channels", "/api/v10/channels/77555000111/messages"]
    assert receipt.remote_id.startswith("77555000111/")


def test_a_change_of_state_edits_the_first_message(api: Sink, settings: discord.Settings, http: Http) -> None:
    first = discord.send(message(), settings, ROOM, http)
    again = discord.send(message(kind="update", state="acknowledged", dedup_key="u", thread=first.remote_id), settings, ROOM, http)
    assert again == first
    assert api.arrived[-1].method == "PATCH"
    assert "przyjęty" in api.arrived[-1].json()["embeds"][0]["title"]


def test_a_message_that_is_gone_is_written_anew(api: Sink, settings: discord.Settings, http: Http) -> None:
    receipt = discord.send(message(kind="update", thread="112233445566778899/1"), settings, ROOM, http)
    assert [arrived.method for arrived in api.arrived] == ["PATCH", "POST"]
    assert receipt.remote_id != "112233445566778899/1"


def test_buttons_act_where_clicks_are_taken_and_lead_to_pages_elsewhere(api: Sink, settings: discord.Settings, http: Http) -> None:
    discord.send(message(clicks=CLICKS), settings, ROOM, http)
    discord.send(message(dedup_key="other"), settings, ROOM, http)
    acting, leading = (arrived.json()["components"][0]["components"] for arrived in api.arrived)
    assert [button.get("custom_id") for button in acting] == ["a.12.1.sig", "r.12.1.sig", "s.12.1.sig", "i.12.1.sig", None]
    assert [button.get("url") for button in leading] == [
        "https://czujka.example/ack/eyJpIjoxMn0.sig",
        "https://czujka.example/incidents/12",
    ]


def test_limits_hold_and_nobody_is_called(api: Sink, settings: discord.Settings, http: Http) -> None:
    long = "@everyone *Ż* " * 5000
    discord.send(message(title=long, line=long, because=long, told=(long,) * 60, quotes=(quote(long),) * 3), settings, ROOM, http)
    discord.send(hostile_message(dedup_key="other"), settings, ROOM, http)
    for arrived in api.arrived:
        sent = arrived.json()
        [embed] = sent["embeds"]
        assert len(sent["content"]) <= 2000
        assert len(embed["title"]) <= 256
        assert len(embed["description"]) <= 4096
        assert sent["allowed_mentions"] == {"parse": []}
        assert "@everyone" not in json.dumps(sent, ensure_ascii=False)


def test_a_signed_click_says_who_and_what(settings: discord.Settings) -> None:
    assert discord.read_click(knock(CLICK), settings) == Click("a.12.1.sig", "@555000111", "99")
    assert discord.read_click(knock({"type": 1}), settings) == Reply({"type": 1})


def test_a_forged_or_old_click_is_refused(settings: discord.Settings) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    for bad in (knock(CLICK, key=other), knock(CLICK, changed=b" "), Knock({}, b"{}", NOW), Knock({"x-signature-ed25519": "zz"}, b"", NOW)):
        with pytest.raises(ClickRefused) as caught:
            discord.read_click(bad, settings)
        assert caught.value.reason == "forged"
    for stamp in (int(NOW.timestamp()) - 301, int(NOW.timestamp()) + 301):
        with pytest.raises(ClickRefused) as caught:
            discord.read_click(knock(CLICK, stamp=stamp), settings)
        assert caught.value.reason == "stale"


@pytest.mark.parametrize("body", [[], "x", {"type": 3}, {**CLICK, "data": 1}, {**CLICK, "member": {"user": 1}}, {**CLICK, "id": 9}])
def test_what_is_no_click_is_refused(settings: discord.Settings, body: object) -> None:
    with pytest.raises(ClickRefused) as caught:
        discord.read_click(knock(body), settings)
    assert caught.value.reason == "unreadable"
