"""One contract for all collectors, each against a fake of its platform behind a real HTTP server.

A collector joins with one file, `tests/contract/collectors/<kind>.py`: one or more subclasses of `tests.fakes.platform.Platform`, each a
way in which the collector is used (`name`), with the `features` that its platform has. A test runs for every platform with the
features that it needs, so a feature that is not named is not tested: `test_capabilities_are_shown` refuses a collector that claims
what its fakes do not show. Nothing else is edited. Use `Watch` to poll, and `expect(…)` inside `answer` for what a request must hold.
"""

import importlib
import json
import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector import SOURCES
from core.errors import BadResponse, CollectError, Gone, RateLimited, Unauthorized
from core.http import Http
from core.types import Voice
from tests.conftest import LONG
from tests.contract.watching import Watch
from tests.fakes.platform import Feature, Platform, Post
from tests.fakes.server import Reply, Request, bomb

pytestmark = pytest.mark.timeout(300)


def _platforms() -> list[type[Platform]]:
    found: list[type[Platform]] = []
    for path in sorted((Path(__file__).parent / "collectors").glob("*.py")):
        module = importlib.import_module(f"tests.contract.collectors.{path.stem}")
        found += [
            thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Platform) and "name" in vars(thing)
        ]
    return found


PLATFORMS = _platforms()


def on(*features: Feature) -> pytest.MarkDecorator:
    """Run a test on every platform that has all these features."""
    fitting = [pytest.param(cls, id=cls.name) for cls in PLATFORMS if cls.features.issuperset(features)]
    return pytest.mark.parametrize("platform", fitting, indirect=True)


@pytest.fixture
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("CZUJKA_TEST_SECRET", request.param.secret)
    with request.param() as running:
        yield running
    assert running.server.complaints == []


@pytest.fixture
def watch(platform: Platform) -> Iterator[Watch]:
    watch = Watch(platform)
    yield watch
    watch.http.close()


def ids(platform: Platform, posts: list[Post]) -> list[str]:
    return sorted(platform.external_id(post) for post in posts)


def given_ids(items: list[Any]) -> list[str]:
    return sorted(item.external_id for item in items)


# ---- completeness


def test_every_kind_is_in_the_suite() -> None:
    assert sorted({cls.kind for cls in PLATFORMS}) == sorted(SOURCES.kinds())


@pytest.mark.parametrize("kind", sorted({cls.kind for cls in PLATFORMS}))
def test_capabilities_are_shown(kind: str) -> None:
    claimed = SOURCES.get(kind).capabilities
    shown = frozenset[Feature]().union(*(cls.features for cls in PLATFORMS if cls.kind == kind))
    assert (claimed.comments, claimed.edits, claimed.deletions) == tuple(
        feature in shown for feature in (Feature.COMMENTS, Feature.EDITS, Feature.DELETIONS)
    )


@pytest.mark.parametrize("kind", sorted({cls.kind for cls in PLATFORMS}))
def test_every_kind_has_an_example_that_is_valid(kind: str) -> None:
    path = Path(__file__).parents[2] / "deploy" / "examples" / f"{kind}.toml"
    examples = tomllib.loads(path.read_text("utf-8"))["source"]
    assert {SOURCES.get(kind).Settings.model_validate(example).kind for example in examples} == {kind}


# ---- reading


@on()
def test_first_poll_brings_what_is_there(platform: Platform, watch: Watch) -> None:
    posts = platform.publish(2)
    items = watch.poll()
    assert given_ids(items) == ids(platform, posts)
    assert all(f"wpis {post.number} & <tag>" in watch.items[platform.external_id(post)].text for post in posts)
    assert [watch.items[platform.external_id(post)].created_at for post in posts] == [post.created_at for post in posts]
    assert [path for path in platform.requires if path not in {asked.path for asked in platform.server.requests}] == []


@on()
def test_an_empty_source_is_no_error(platform: Platform, watch: Watch) -> None:
    assert watch.poll() == []
    posts = platform.publish(1)
    platform.pass_time()
    assert given_ids(watch.poll()) == ids(platform, posts)


@on()
def test_a_quiet_poll_brings_nothing(platform: Platform, watch: Watch) -> None:
    platform.publish(platform.page_size)
    watch.poll()
    for _ in range(3):
        platform.pass_time()
        assert watch.poll() == []


@on()
def test_resumes_without_loss_or_doubles(platform: Platform, watch: Watch) -> None:
    platform.publish(2)
    watch.poll()
    for count in (1, platform.page_size, 2 * platform.page_size + 1):
        platform.pass_time(timedelta(hours=1))
        posts = platform.publish(count)
        assert given_ids(watch.poll()) == ids(platform, posts)


@on(Feature.PAGES)
def test_reads_every_page_on_the_first_poll(platform: Platform, watch: Watch) -> None:
    posts = platform.publish(3 * platform.page_size + 1)
    assert given_ids(watch.poll()) == ids(platform, posts)
    assert len(watch.pages) > 1


@on(Feature.SHORT_PAGES)
def test_a_short_page_is_not_the_last(platform: Platform, watch: Watch) -> None:
    platform.quirks.add(Feature.SHORT_PAGES)
    posts = platform.publish(3 * platform.page_size)
    assert given_ids(watch.poll()) == ids(platform, posts)
    platform.pass_time(timedelta(hours=1))
    posts = platform.publish(2 * platform.page_size)
    assert given_ids(watch.poll()) == ids(platform, posts)


@on(Feature.EMPTY_PAGES)
def test_an_empty_page_is_not_the_last(platform: Platform, watch: Watch) -> None:
    platform.quirks.add(Feature.EMPTY_PAGES)
    posts = platform.publish(3 * platform.page_size)
    assert given_ids(watch.poll()) == ids(platform, posts)


@on(Feature.HISTORY)
def test_first_poll_goes_back_thirty_days_and_no_further(platform: Platform, watch: Watch) -> None:
    platform.publish(4 * platform.page_size, ago=timedelta(days=200))
    posts = platform.publish(2, ago=timedelta(days=20)) + platform.publish(2)
    assert given_ids(watch.poll()) == ids(platform, posts)


@on(Feature.PAGES)
@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("first", [True, False], ids=["first", "later"])
def test_a_crash_after_any_page_loses_and_doubles_nothing(platform: Platform, watch: Watch, stored: bool, first: bool) -> None:
    posts: list[Post] = []
    if not first:
        posts += platform.publish(1)
        watch.poll()
        platform.pass_time(timedelta(hours=1))
    posts += platform.publish(3 * platform.page_size + 1)
    for _ in range(10):
        page = watch.ask()
        if stored:
            watch.keep(page)
        posts += platform.publish(1)
        platform.pass_time(timedelta(minutes=1))
        watch.keep(watch.ask())
    watch.poll()
    platform.pass_time()
    watch.poll()
    assert given_ids(watch.given) == ids(platform, posts)


@on(Feature.PAGES)
def test_a_failure_between_pages_loses_nothing(platform: Platform, watch: Watch) -> None:
    posts = platform.publish(3 * platform.page_size + 1)
    watch.keep(watch.ask())
    platform.server.overrule(Reply(500))
    with pytest.raises(BadResponse):
        watch.ask()
    platform.server.obey()
    watch.poll()
    assert given_ids(watch.given) == ids(platform, posts)


@on(Feature.LATE)
def test_a_post_that_arrives_late_and_out_of_order_is_found(platform: Platform, watch: Watch) -> None:
    platform.publish(2, ago=timedelta(minutes=2))
    watch.poll()
    late = platform.publish(1, ago=timedelta(minutes=6))
    platform.pass_time(timedelta(minutes=1))
    assert given_ids(watch.poll()) == ids(platform, late)
    assert watch.poll() == []


@on(Feature.LATE_FAR)
def test_a_post_that_arrives_late_behind_a_whole_page_is_found(platform: Platform, watch: Watch) -> None:
    platform.publish(2 * platform.page_size, ago=timedelta(minutes=2))
    watch.poll()
    late = platform.publish(1, ago=timedelta(minutes=2 + 3 * platform.page_size))
    platform.pass_time(timedelta(minutes=1))
    assert given_ids(watch.poll()) == ids(platform, late)


@on(Feature.CLAIMS)
def test_a_time_in_the_future_is_not_believed(platform: Platform, watch: Watch) -> None:
    (post,) = platform.publish(1, ago=timedelta(hours=-5))
    watch.poll()
    believed = watch.items[platform.external_id(post)].created_at
    assert believed is None or believed <= platform.now
    posts = platform.publish(1)
    platform.pass_time(timedelta(hours=6))
    assert ids(platform, posts)[0] in given_ids(watch.poll())


@on(Feature.EDITS)
def test_an_edit_comes_as_the_same_item_with_its_new_text(platform: Platform, watch: Watch) -> None:
    first, _ = platform.publish(2)
    watch.poll()
    platform.pass_time()
    platform.edit(first, "Przepraszamy, poprawka & <wyjaśnienie>")
    edited = watch.poll()
    assert given_ids(edited) == ids(platform, [first])
    assert "poprawka & <wyjaśnienie>" in edited[0].text
    assert edited[0].edited_at == first.edited_at  # None where the platform does not tell
    assert watch.poll() == []


@on(Feature.DELETIONS)
def test_a_deletion_is_reported(platform: Platform, watch: Watch) -> None:
    _, second, _ = platform.publish(3)
    watch.poll()
    platform.pass_time()
    platform.delete(second)
    watch.poll()
    platform.pass_time()
    watch.poll()
    assert set(watch.deleted) == {platform.external_id(second)}


# ---- who speaks


@on(Feature.OURS)
def test_our_own_account_speaks_with_our_voice(platform: Platform, watch: Watch) -> None:
    (post,) = platform.publish(1, ours=True)
    watch.poll()
    assert watch.items[platform.external_id(post)].voice is Voice.OURS


@on()
def test_strangers_speak_with_the_public_voice(platform: Platform, watch: Watch) -> None:
    if Feature.COMMENTS in platform.features:
        (ours,) = platform.publish(1, ours=True)
        (post,) = platform.publish(1, under=ours)
    else:
        (post,) = platform.publish(1)
    watch.poll()
    watch.poll()
    assert watch.items[platform.external_id(post)].voice is Voice.PUBLIC


@on(Feature.COMMENTS)
def test_what_is_written_under_our_post_hangs_on_it(platform: Platform, watch: Watch) -> None:
    (post,) = platform.publish(1, ours=True)
    watch.poll()
    platform.pass_time()
    comment, answer = platform.publish(1, under=post) + platform.publish(1, ours=True, under=post)
    watch.poll()
    platform.pass_time()
    watch.poll()
    assert watch.items[platform.external_id(comment)].voice is Voice.PUBLIC
    assert watch.items[platform.external_id(answer)].voice is Voice.OURS
    for under in (comment, answer):
        item = watch.items[platform.external_id(under)]
        assert (item.parent_id, item.thread_id) == (platform.external_id(post), platform.external_id(post))
    assert given_ids(watch.given) == ids(platform, [post, comment, answer])


@on(Feature.COMMENTS, Feature.PAGES)
def test_every_comment_is_read(platform: Platform, watch: Watch) -> None:
    (post,) = platform.publish(1, ours=True)
    watch.poll()
    platform.pass_time()
    comments = platform.publish(2 * platform.page_size + 1, under=post)
    watch.poll()
    platform.pass_time()
    watch.poll()
    assert given_ids(watch.given) == ids(platform, [post, *comments])


# ---- asking twice


@on(Feature.CONDITIONAL)
def test_what_has_not_changed_is_not_sent_again(platform: Platform, watch: Watch) -> None:
    platform.publish(2)
    watch.poll()
    platform.pass_time()
    statuses = _statuses(platform)
    assert watch.poll() == []
    assert set(statuses) == {304}
    posts = platform.publish(1)
    platform.pass_time()
    assert given_ids(watch.poll()) == ids(platform, posts)


def _statuses(platform: Platform) -> list[int]:
    """The statuses answered from now on."""
    answer, statuses = platform.server.answer, list[int]()

    def noting(request: Request) -> Reply:
        reply = answer(request)
        statuses.append(reply.status)
        return reply

    platform.server.answer = noting
    return statuses


# ---- refusals


@on(Feature.HTTP)
def test_refused_credentials_need_a_person(platform: Platform, watch: Watch) -> None:
    for reply in platform.refusals():
        _fails(platform, watch, Unauthorized, reply)


@on(Feature.HTTP)
def test_what_is_gone_is_gone(platform: Platform, watch: Watch) -> None:
    for reply in platform.disappearances():
        _fails(platform, watch, Gone, reply)


@on(Feature.HTTP)
def test_a_rate_limit_says_when_to_come_back(platform: Platform, watch: Watch) -> None:
    reset_at = platform.now + timedelta(minutes=7)
    error = _fails(platform, watch, RateLimited, platform.rate_limited(reset_at))
    assert error.retry_at is not None
    assert abs(error.retry_at - reset_at) <= timedelta(seconds=1)


@on(Feature.HTTP)
def test_a_rate_limit_without_a_time_is_waited_out(platform: Platform, watch: Watch) -> None:
    asked_at = platform.now
    error = _fails(platform, watch, RateLimited, Reply(429, b"{}"))
    assert error.retry_at is not None
    assert error.retry_at > asked_at


@on(Feature.HTTP)
@pytest.mark.parametrize("status", [500, 502, 503, 504, 418])
def test_a_server_error_is_no_answer(platform: Platform, watch: Watch, status: int) -> None:
    wanted = platform.now + timedelta(seconds=120)
    assert _fails(platform, watch, BadResponse, Reply(status, b"<h1>oops</h1>", {"Retry-After": "120"})).retry_at == wanted


BROKEN = {
    "hang": (Reply(manner="hang"), "timeout"),
    "drip": (Reply(manner="drip"), "timeout"),
    "drip_headers": (Reply(manner="drip_headers"), "timeout"),
    "endless": (Reply(manner="endless"), "too_large"),
    "bomb": (bomb(), "too_large"),
    "truncated": (Reply(body=b'[{"id": "1", "text": "half a', manner="truncated"), "garbage"),
    "not_http": (Reply(manner="garbage"), "garbage"),
    "slam": (Reply(manner="slam"), "connect"),
    "other_network": (Reply(302, headers={"Location": "http://10.0.0.1/"}), "refused_address"),
    "metadata": (Reply(302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}), "refused_address"),
    "loopback_v6": (Reply(302, headers={"Location": "http://[::ffff:10.0.0.1]:80/"}), "refused_address"),
    "file": (Reply(301, headers={"Location": "file:///etc/passwd"}), "refused_address"),
    "loop": (Reply(302, headers={"Location": "?again"}), "redirect"),
}


@on(Feature.HTTP)
@pytest.mark.parametrize("what", sorted(BROKEN))
def test_a_broken_answer_is_named_and_ends(platform: Platform, watch: Watch, what: str) -> None:
    reply, reason = BROKEN[what]
    hasty = platform.http(timeout_s=0.4 if reason == "timeout" else 10.0, max_bytes=300_000)
    assert _fails(platform, watch, BadResponse, reply, hasty).reason == reason
    hasty.close()


@on(Feature.HTTP)
@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"<html><p>Sign in</p></html>", b"null", b"[[[[", b"[" * 100_000, b'"text"', b"42"])
def test_a_body_that_says_nothing_is_a_bad_response(platform: Platform, watch: Watch, body: bytes) -> None:
    _fails(platform, watch, BadResponse, Reply(200, body, {"Content-Type": "application/json"}))


def _fails(platform: Platform, watch: Watch, wanted: type[CollectError], reply: Reply, http: Http | None = None) -> CollectError:
    """The reply makes a poll fail as wanted, on the first poll and later; afterwards nothing is lost, and no secret was told."""
    errors = []
    for _ in ("first poll", "later poll"):
        errors.append(_failure(platform, watch, wanted, reply, http or watch.http))
        posts = platform.publish(1)
        platform.pass_time()
        assert given_ids(watch.poll()) == ids(platform, posts)
    assert all(type(error) is wanted and platform.secret not in f"{error} {error.__cause__}" for error in errors)
    return errors[0]


def _failure(platform: Platform, watch: Watch, wanted: type[CollectError], reply: Reply, http: Http) -> CollectError:
    """What one poll with this client raises while the platform gives this reply."""
    usual, watch.http = watch.http, http
    platform.server.overrule(reply)
    try:
        with pytest.raises(wanted) as caught:
            watch.ask()
    finally:
        platform.server.obey()
        watch.http = usual
    return caught.value


# ---- bad input never stops the line


@on(Feature.UNREADABLE)
def test_one_unreadable_item_is_set_aside_and_the_rest_is_kept(platform: Platform, watch: Watch) -> None:
    first, second, third = platform.publish(3)
    second.broken = True
    items = watch.poll()
    assert given_ids(items) == ids(platform, [first, third])
    assert len(watch.rejected) >= 1
    platform.pass_time()
    posts = platform.publish(1)
    assert given_ids(watch.poll()) == ids(platform, posts)


ODD: list[Any] = [
    None,
    "",
    "x",
    0,
    -1,
    2**70,
    1e308,
    True,
    [],
    {},
    [None],
    {"id": None},
    "\ud800\x00",
    "9999-12-31T23:59:59-23:59",
    "2026-13-45",
]


def _odd(value: Any, chance: random.Random) -> Any:
    """The same JSON with one part of it turned into something odd, or left out."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(sorted(value))
        rest = {name: part for name, part in value.items() if name != key}
        return rest if chance.random() < 0.15 else rest | {key: _odd(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        return [*value[:place], _odd(value[place], chance), *value[place + 1 :]]
    return chance.choice(ODD)


def _odd_json(body: bytes, chance: random.Random) -> bytes:
    value = json.loads(body)
    for _ in range(chance.randint(1, 4)):
        value = _odd(value, chance)
    return json.dumps(value).encode()


def _odd_bytes(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(changed) + 1)
        changed[place : place + chance.randint(0, 12)] = chance.randbytes(chance.randint(0, 4))
    return bytes(changed)


@on(Feature.HTTP, Feature.JSON)
@settings(max_examples=100 if LONG else 15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_odd_json_gives_a_page_or_a_collect_error(platform: Platform, seed: int) -> None:
    chance = random.Random(seed)  # drawn from in the server's threads, where Hypothesis's own may not go
    _survives(platform, lambda body: _odd_json(body, chance))


@on(Feature.HTTP)
@settings(max_examples=100 if LONG else 15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_odd_bytes_give_a_page_or_a_collect_error(platform: Platform, seed: int) -> None:
    chance = random.Random(seed)
    _survives(platform, lambda body: _odd_bytes(body, chance))


def _survives(platform: Platform, spoil: Callable[[bytes], bytes]) -> None:
    """Poll a platform whose answers are spoilt: pages that hold what every page holds, or a CollectError; then it works again."""
    cls = type(platform)
    with cls() as fresh:
        (ours,) = fresh.publish(1, ours=Feature.OURS in cls.features)
        fresh.publish(1, under=ours if Feature.COMMENTS in cls.features else None)
        answer = fresh.server.answer
        fresh.server.answer = lambda request: _spoilt(answer, request, spoil)
        watch = Watch(fresh)
        try:
            for _ in range(4):
                watch.keep(watch.ask())
        except CollectError as error:
            assert str(error) and error.reason
        finally:
            watch.http.close()


def _spoilt(answer: Callable[[Request], Reply], request: Request, spoil: Callable[[bytes], bytes]) -> Reply:
    try:
        reply = answer(request)
    except AssertionError:
        return Reply(400, b"{}")  # a spoilt cursor may lead anywhere
    return replace(reply, body=spoil(reply.body)) if reply.body else reply
