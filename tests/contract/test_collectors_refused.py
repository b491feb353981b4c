"""What each collector makes of refusals, broken answers and odd ones: a named error or what can be read, and nothing is lost after it."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadResponse, CollectError, Gone, RateLimited, Unauthorized
from core.http import Http
from tests.conftest import LONG
from tests.contract.platforms import given_ids, ids, on, platform, watch
from tests.contract.watching import Watch
from tests.fakes.platform import Feature, Platform
from tests.fakes.server import Reply, Request, bomb

__all__ = ["platform", "watch"]
pytestmark = pytest.mark.timeout(300)


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
@settings(max_examples=100 if LONG else 15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_odd_json_gives_a_page_or_a_collect_error(platform: Platform, seed: int) -> None:
    chance = random.Random(seed)  # drawn from in the server's threads, where Hypothesis's own may not go
    _survives(platform, lambda body: _odd_json(body, chance))


@on(Feature.HTTP)
@settings(max_examples=100 if LONG else 15, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
