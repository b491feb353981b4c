"""With which program our own accounts post: asked for and kept where the platform tells it, of nobody else."""

from typing import Any

import pytest

from collector.tweets import Includes, read_post
from core.habits import client_of
from core.types import Item, Voice
from tests.contract.collectors.mastodon import Account
from tests.contract.collectors.x import Search, Timeline
from tests.contract.watching import Watch
from tests.fakes.platform import NOW, Platform, Post


class Told(Account):
    """Names the program of each status, as a server does of its own people's."""

    def status(self, post: Post) -> dict[str, Any]:
        return super().status(post) | {"application": {"name": "Planer Polnej", "website": None} if post.ours else None}


def collected(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> list[Item]:
    """A post of ours, an answer to it by a stranger, and whatever else there is."""
    monkeypatch.setenv("CZUJKA_TEST_SECRET", platform.secret)
    with platform:
        [first] = platform.publish(1, ours=True)
        platform.publish(1, under=first)
        watch = Watch(platform)
        try:
            for _ in range(2):
                watch.poll()
        finally:
            watch.http.close()
    return list(watch.items.values())


@pytest.mark.parametrize("platform", [Timeline, Told])
def test_of_our_own_posts_the_program_is_known_and_of_strangers_none(platform: type[Platform], monkeypatch: pytest.MonkeyPatch) -> None:
    said = {(item.voice, client_of(item.raw)) for item in collected(platform(), monkeypatch)}
    assert said == {(Voice.OURS, "planer polnej"), (Voice.PUBLIC, "")}


@pytest.mark.parametrize(("voice", "program"), [(Voice.OURS, "planer polnej"), (Voice.PUBLIC, "")])
def test_what_comes_beside_our_own_posts_is_kept_without_its_program(voice: Voice, program: str) -> None:
    """Asked for by their ids, to see what was edited or is gone, ours and the answers to them come together."""
    told = {"id": "1900000000000000000", "text": "Dzień dobry", "author_id": "7", "source": "Planer Polnej"}
    item = read_post(told, Includes.of({}), NOW, lambda _: voice)
    assert client_of(item.raw) == program
    assert item.raw is not None
    assert item.raw["text"] == "Dzień dobry"


def test_what_a_search_finds_names_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    found = collected(Search(), monkeypatch)
    assert len(found) == 2
    assert {client_of(item.raw) for item in found} == {""}


def test_a_platform_that_stops_telling_it_leaves_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Timeline):
        def post(self, post: Post) -> dict[str, Any]:
            return {key: value for key, value in super().post(post).items() if key != "source"}

    assert {client_of(item.raw) for item in collected(Silent(), monkeypatch)} == {""}
