"""Profiles of registered accounts: each platform says in its own way that one is there, renamed or gone; and what follows from it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector import bluesky, mastodon, reddit, x
from collector.base import Asking
from collector.profiles import PLATFORMS, look_up
from core.errors import BadResponse, Gone, RateLimited
from core.http import Http
from core.policy import Applies
from core.register import Account, Fault, Profile
from core.settings import HttpTable, SourceSettings
from core.table import Secret
from core.types import IncidentState
from czujka.registering import check_accounts
from storage import Store
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.sink import Arrived, Reply, Sink, json_reply

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DID = "did:plc:polna"


@pytest.fixture
def platform() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


def source(kind: str, url: str, folder: Path) -> SourceSettings:
    (folder / "secret").write_text("kept secret", encoding="utf-8")
    secret = Secret(file=str(folder / "secret"))
    made: dict[str, Callable[[], SourceSettings]] = {
        "mastodon": lambda: mastodon.Settings.model_validate({"id": "m", "kind": "mastodon", "server": url, "account": "polna"}),
        "bluesky": lambda: bluesky.Settings.model_validate({"id": "b", "kind": "bluesky", "server": url, "account": "polna.example"}),
        "x": lambda: x.Settings.model_validate({"id": "x", "kind": "x", "server": url, "account": "polna", "token": secret}),
        "reddit": lambda: reddit.Settings.model_validate(
            {"id": "r", "kind": "reddit", "server": url, "oauth_server": url, "account": "polna", "client_id": "c", "client_secret": secret}
        ),
    }
    return made[kind]()


def answering(found: Reply) -> Callable[[Arrived], Reply]:
    """A platform whose profiles look like this; Reddit signs in first."""

    def answer(arrived: Arrived) -> Reply:
        if arrived.path.endswith("/access_token"):
            return json_reply({"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"})
        return found

    return answer


THERE: dict[str, tuple[Any, Profile]] = {
    "mastodon": (
        {"id": "7", "acct": "polna", "uri": "https://social.example/users/polna"},
        Profile(account_id="https://social.example/users/polna", handle="polna"),
    ),
    "bluesky": ({"did": DID, "handle": "polna.example"}, Profile(account_id=DID, handle="polna.example")),
    "x": ({"data": {"id": "77", "username": "polna", "name": "Polna"}}, Profile(account_id="77", handle="polna")),
    "reddit": ({"kind": "t2", "data": {"id": "abc", "name": "polna"}}, Profile(account_id="t2_abc", handle="polna")),
}
GONE: list[tuple[str, Reply]] = [
    ("mastodon", json_reply({"error": "Record not found"}, 404)),
    ("mastodon", json_reply({"id": "7", "acct": "polna", "suspended": True})),
    ("bluesky", json_reply({"error": "InvalidRequest", "message": "Profile not found"}, 400)),
    ("bluesky", json_reply({"error": "AccountTakedown", "message": "Account has been suspended"}, 400)),
    ("x", json_reply({"errors": [{"title": "Not Found Error", "detail": "Could not find user"}]})),
    ("x", json_reply({"errors": [{"title": "Forbidden", "detail": "User has been suspended"}]})),
    ("reddit", json_reply({"message": "Not Found", "error": 404}, 404)),
    ("reddit", json_reply({"kind": "t2", "data": {"name": "polna", "is_suspended": True}})),
]


def test_these_platforms_can_say_so() -> None:
    assert PLATFORMS == ("bluesky", "mastodon", "reddit", "x")
    assert set(THERE) == set(PLATFORMS)


@pytest.mark.parametrize("kind", PLATFORMS)
def test_one_that_is_there(kind: str, platform: Sink, http: Http, tmp_path: Path) -> None:
    said, expected = THERE[kind]
    platform.usual = answering(json_reply(said))
    assert look_up(source(kind, platform.url, tmp_path), "", "polna", Asking(http=http, now=NOW)) == expected


@pytest.mark.parametrize(("kind", "reply"), GONE)
def test_one_that_is_gone(kind: str, reply: Reply, platform: Sink, http: Http, tmp_path: Path) -> None:
    platform.usual = answering(reply)
    with pytest.raises(Gone):
        look_up(source(kind, platform.url, tmp_path), "", "polna", Asking(http=http, now=NOW))


@pytest.mark.parametrize("kind", PLATFORMS)
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_reply({}, 429), RateLimited),
        (json_reply({}, 503), BadResponse),
        (json_reply({}), BadResponse),
        (json_reply([]), BadResponse),
        (Reply(body=b"<html>"), BadResponse),
    ],
)
def test_a_bad_moment_says_nothing_about_the_account(
    kind: str, reply: Reply, error: type[Exception], platform: Sink, http: Http, tmp_path: Path
) -> None:
    platform.usual = answering(reply)
    with pytest.raises(error):
        look_up(source(kind, platform.url, tmp_path), "", "polna", Asking(http=http, now=NOW))


@pytest.mark.parametrize(
    ("kind", "account_id", "said", "expected"),
    [
        ("bluesky", DID, {"did": DID, "handle": "polna.dairy"}, "polna.dairy"),
        ("x", "77", {"data": {"id": "77", "username": "polna_official"}}, "polna_official"),
        (
            "mastodon",
            "",
            {"acct": "polna", "moved": {"acct": "polna@new.example", "uri": "https://new.example/polna"}},
            "polna@new.example",
        ),
    ],
)
def test_by_its_own_id_it_is_found_under_another_name(
    kind: str, account_id: str, said: dict[str, Any], expected: str, platform: Sink, http: Http, tmp_path: Path
) -> None:
    platform.usual = answering(json_reply(said))
    handle = "polna@old.example" if kind == "mastodon" else "polna"
    assert look_up(source(kind, platform.url, tmp_path), account_id, handle, Asking(http=http, now=NOW)).handle == expected
    assert not account_id or account_id.replace(":", "%3A") in platform.arrived[-1].path or account_id in platform.arrived[-1].path


@pytest.fixture
def house(store: Store, platform: Sink, tmp_path: Path) -> Iterator[Bare]:
    """The dairy with a registered account on X and one on a platform that says nothing."""
    changed = {"source": (source("x", platform.url, tmp_path),), "http": HttpTable(allow_private=("127.0.0.0/8",))}
    settings = dairy().model_copy(update=changed)
    mine = {"kind": Applies.OFFICIAL, "owner": "pr", "person": "anna", "access": ("anna", "jan"), "two_factor": True}
    accounts = [Account(platform=name, handle="polna", **mine) for name in ("x", "linkedin")]  # type: ignore[arg-type]
    store.register.take_in(accounts, "tests", NOW)
    made = Bare(store, settings, NOW)
    yield made
    made.http.close()


def swept(house: Bare, now: datetime) -> list[tuple[Fault, str]]:
    house.now = now
    check_accounts(house)  # type: ignore[arg-type]
    return [(one.fault, one.detail) for one in house.store.account_checks.standing()]


def test_gone_twice_is_gone_and_pages_and_there_again_is_mended(house: Bare, platform: Sink) -> None:
    platform.usual = answering(GONE[4][1])
    assert swept(house, NOW) == []
    assert swept(house, NOW + HOUR / 2) == [], "not asked again so soon"
    assert len(platform.arrived) == 1
    assert swept(house, NOW + HOUR) == [(Fault.GONE, "")]
    [row] = house.store.incidents.list([IncidentState.OPEN])
    assert (row.label, row.owner, row.paging) == ("account.gone", "pr", True)
    platform.usual = answering(json_reply(THERE["x"][0]))
    assert swept(house, NOW + 2 * HOUR) == []
    assert house.store.incidents.list([IncidentState.OPEN]) == []


def test_a_bad_moment_neither_accuses_nor_acquits(house: Bare, platform: Sink) -> None:
    platform.usual = answering(GONE[4][1])
    swept(house, NOW)
    swept(house, NOW + HOUR)
    platform.usual = answering(json_reply({}, 503))
    assert swept(house, NOW + 2 * HOUR) == [(Fault.GONE, "")]


def test_once_its_id_is_known_a_new_name_is_a_finding(house: Bare, platform: Sink) -> None:
    platform.usual = answering(json_reply(THERE["x"][0]))
    assert swept(house, NOW) == []
    platform.usual = answering(json_reply({"data": {"id": "77", "username": "polna_shop"}}))
    assert swept(house, NOW + 23 * HOUR) == [], "once a day"
    assert swept(house, NOW + 24 * HOUR) == [(Fault.RENAMED, "polna_shop")]
    assert [one.path for one in platform.arrived] == ["/2/users/by/username/polna", "/2/users/77"]
