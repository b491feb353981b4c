"""One contract for all collectors, each against a fake of its platform behind a real HTTP server.

A collector joins with one file, `tests/contract/collectors/<kind>.py`: one or more subclasses of `tests.fakes.platform.Platform`, each a
way in which the collector is used (`name`), with the `features` that its platform has. A test runs for every platform with the
features that it needs, so a feature that is not named is not tested: `test_capabilities_are_shown` refuses a collector that claims
what its fakes do not show. Nothing else is edited. Use `Watch` to poll, and `expect(…)` inside `answer` for what a request must hold.
"""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from collector import SOURCES
from core.errors import BadResponse
from core.types import Voice
from tests.contract.platforms import PLATFORMS, given_ids, ids, on, platform, watch
from tests.contract.watching import Watch
from tests.fakes.platform import Feature, Platform, Post
from tests.fakes.server import Reply, Request

__all__ = ["platform", "watch"]
pytestmark = pytest.mark.timeout(300)


# ---- completeness


SENT = {"webhook"}
"""Kinds that nobody asks: posts are sent to them. test_pushed.py is their suite."""


def test_every_kind_is_in_the_suite() -> None:
    assert sorted({cls.kind for cls in PLATFORMS} | SENT) == sorted(SOURCES.kinds())


@pytest.mark.parametrize("kind", sorted({cls.kind for cls in PLATFORMS}))
def test_capabilities_are_shown(kind: str) -> None:
    claimed = SOURCES.get(kind).capabilities
    shown = frozenset[Feature]().union(*(cls.features for cls in PLATFORMS if cls.kind == kind))
    assert (claimed.comments, claimed.edits, claimed.deletions) == tuple(
        feature in shown for feature in (Feature.COMMENTS, Feature.EDITS, Feature.DELETIONS)
    )


@pytest.mark.parametrize("kind", sorted({cls.kind for cls in PLATFORMS} | SENT))
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
