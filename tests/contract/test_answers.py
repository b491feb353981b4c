"""Every platform that can be written to: what was taken is known, what was refused is said, what nobody knows is looked for."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from collector import SOURCES
from collector.answers import Writer, rights_of, writer_for
from collector.answers.writing import Write
from core.errors import AnswerError
from core.http import Http
from core.replies import ReplyKind
from tests.fakes.demonstration import wait_until
from tests.fakes.server import Manner, Reply
from tests.fakes.social import KINDS, NOW, TOKEN, BlueskyThere, InstagramThere, RedditThere, Social, XThere, http

HOSTILE = '<script>alert("1")</script> \u202eevil {{7*7}} \'; DROP TABLE item; -- #tag żółć 😀'


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind)
def there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Social]:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    kind: type[Social] = request.param
    with kind() as platform:
        yield platform


@pytest.fixture
def client() -> Iterator[Http]:
    made = http()
    yield made
    made.close()


def writer(there: Social) -> Writer:
    found = writer_for(there.settings())
    assert found is not None
    return found


def saying(there: Social, text: str = "Dzień dobry, już sprawdzamy.") -> Write:
    return Write(target=there.target(), text=text, key="key-1", since=NOW - timedelta(seconds=5), written_at=NOW, now=NOW)


def failed(there: Social, client: Http, *replies: Reply) -> AnswerError:
    there.refusals = list(replies)
    with pytest.raises(AnswerError) as caught:
        writer(there).reply(saying(there), client)
    assert TOKEN not in str(caught.value)
    return caught.value


def test_a_reply_is_shown_once_and_found_again(there: Social, client: Http) -> None:
    remote_id = writer(there).reply(saying(there), client)
    assert len(there.took) == 1
    assert there.took[0].endswith("Dzień dobry, już sprawdzamy.")
    assert remote_id
    assert writer(there).find(saying(there), client) == remote_id


def test_what_is_not_there_is_not_found(there: Social, client: Http) -> None:
    assert writer(there).find(saying(there), client) is None
    writer(there).reply(saying(there, "Coś zupełnie innego."), client)
    assert (
        writer(there).find(Write(target=there.target(), text="To nie to.", key="key-2", since=NOW, written_at=NOW, now=NOW), client) is None
    )


def test_hostile_words_arrive_as_they_are(there: Social, client: Http) -> None:
    writer(there).reply(saying(there, HOSTILE), client)
    assert there.took[0].endswith(HOSTILE)
    assert writer(there).find(saying(there, HOSTILE), client) is not None


def test_refused_is_for_good_and_says_why(there: Social, client: Http) -> None:
    error = failed(there, client, Reply(403, json.dumps({"error": "outside the authorized scopes"}).encode()))
    assert (error.permanent, error.unknown, error.reason) == (True, False, "refused")
    assert "outside the authorized scopes" in str(error)


def test_too_many_requests_wait_as_long_as_is_asked(there: Social, client: Http) -> None:
    error = failed(there, client, Reply(429, b"{}", {"Retry-After": "120"}))
    assert (error.permanent, error.unknown, error.retry_at) == (False, False, NOW + timedelta(seconds=120))


@pytest.mark.parametrize(("manner", "patience_s"), [("slam", 30.0), ("hang", 3.0)])
def test_no_answer_after_all_was_sent_is_unknown_and_then_found(there: Social, client: Http, manner: Manner, patience_s: float) -> None:
    there.silent = manner
    hasty = http(patience_s)
    with pytest.raises(AnswerError) as caught:
        writer(there).reply(saying(there), hasty)
    hasty.close()
    assert (caught.value.unknown, caught.value.permanent) == (True, False)
    wait_until(lambda: there.took, within_s=30)
    assert len(there.took) == 1
    assert writer(there).find(saying(there), client) is not None


@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, b"<html>ok"),
        Reply(200, b"{}"),
        Reply(502, b"bad gateway"),
        Reply(manner="slam"),
        Reply(200, b'{"id": 1', manner="truncated"),
    ],
)
def test_an_answer_that_says_nothing_is_unknown(there: Social, client: Http, answer: Reply) -> None:
    error = failed(there, client, answer)
    assert (error.unknown, error.permanent) == (True, False)


def test_what_never_left_may_be_tried_again(there: Social, client: Http) -> None:
    from tests.fakes.server import Server

    with Server(lambda _: Reply()) as closed:
        url = closed.url
    there.server.url = url
    with pytest.raises(AnswerError) as caught:
        writer(there).reply(saying(there), client)
    assert (caught.value.unknown, caught.value.permanent) == (False, False)


def test_a_post_that_is_gone_is_said_to_be(there: Social, client: Http) -> None:
    there.gone = True
    with pytest.raises(AnswerError) as caught:
        writer(there).reply(saying(there), client)
    assert (caught.value.reason, caught.value.permanent) == ("gone", True)


def test_a_redirect_is_not_followed_with_our_words(there: Social, client: Http) -> None:
    error = failed(there, client, Reply(302, b"", {"Location": f"{there.server.url}/elsewhere"}))
    assert error.permanent
    assert [request.path for request in there.server.requests if request.path == "/elsewhere"] == []


def test_length_is_counted_before_sending(there: Social) -> None:
    one = writer(there)
    assert one.limit == there.limit
    assert one.length(there.target(), "żółć 😀") < one.limit
    assert one.length(there.target(), "ą" * (one.limit + 1)) > one.limit


def test_the_capabilities_say_what_it_can(there: Social, client: Http) -> None:
    can = SOURCES.get(there.kind).capabilities
    assert (can.reply, can.like, can.hide) == (True, there.likes_posts, there.hides)
    assert set(rights_of(there.kind)) == {kind for kind, may in zip(ReplyKind, (can.reply, can.like, can.hide), strict=True) if may}
    for name, may, ledger in (("like", can.like, there.likes), ("hide", can.hide, there.hidden)):
        if may:
            getattr(writer(there), name)(saying(there, ""), client)
            assert len(ledger) == 1
        else:
            with pytest.raises(AnswerError) as caught:
                getattr(writer(there), name)(saying(there, ""), client)
            assert caught.value.permanent


@pytest.mark.parametrize("kind", [BlueskyThere], ids=["bluesky"])
def test_a_sign_in_that_has_expired_is_renewed_and_nothing_is_said_twice(
    kind: type[BlueskyThere], client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with kind() as there:
        writer(there).reply(saying(there), client)
        there.signed_in += 1
        again = writer(there).reply(saying(there), client)
        assert again == writer(there).find(saying(there), client)
        assert (len(there.took), there.signed_in) == (1, 3)
        there.closed = True
        with pytest.raises(AnswerError, match="only some people") as caught:
            writer(there).reply(saying(there), client)
        assert caught.value.reason == "rejected"


def test_addresses_and_tags_can_be_followed_on_bluesky(client: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake holds each facet's bytes against what it names."""
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with BlueskyThere() as there:
        writer(there).reply(saying(there, "Żółć 😀: https://polna.example/zwrot?a=1. #Polna, nie#to, #1"), client)
        [record] = there.records.values()
    assert [facet["features"][0].get("uri") or facet["features"][0]["tag"] for facet in record["facets"]] == [
        "https://polna.example/zwrot?a=1",
        "Polna",
    ]


@pytest.mark.parametrize(
    ("refusal", "reason", "permanent"),
    [
        (["RATELIMIT", "try again in 9 minutes", "ratelimit"], "rate_limited", False),
        (["THREAD_LOCKED", "comments are locked", "parent"], "rejected", True),
        (["TOO_LONG", "this is too long (max: 10000)", "text"], "rejected", True),
        (["DELETED_COMMENT", "that comment has been deleted", "parent"], "gone", True),
        (["USER_REQUIRED", "please log in to do that", None], "refused", True),
    ],
)
def test_reddit_refuses_within_a_200(
    refusal: list[str], reason: str, permanent: bool, client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with RedditThere() as there:
        there.refusal = refusal
        with pytest.raises(AnswerError) as caught:
            writer(there).reply(saying(there), client)
    assert (caught.value.reason, caught.value.permanent, caught.value.unknown) == (reason, permanent, False)
    assert caught.value.retry_at == (None if permanent else NOW + timedelta(minutes=9))


@pytest.mark.parametrize(
    "said",
    [
        "You are not allowed to create a Tweet with duplicate content.",
        "You can only reply to or quote posts where you are mentioned or are the author.",
    ],
)
def test_x_says_403_of_texts_and_posts_too(said: str, client: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token is well: whoever wrote it must change it, or answer there."""
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with XThere() as there:
        error = failed(there, client, Reply(403, json.dumps({"detail": said, "title": "Forbidden", "status": 403}).encode()))
    assert (error.reason, error.permanent) == ("rejected", True)
    assert said in str(error)


def test_an_answer_to_an_answer_on_instagram_is_found_under_the_comment_that_began_it(
    client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with InstagramThere() as there:
        there.under = "11_20"
        target = replace(there.target(), raw={"parent_id": "11_20"})
        said = replace(saying(there), target=target)
        assert writer(there).reply(said, client) == writer(there).find(said, client)


def test_where_instagram_mentions_us_the_answer_goes_into_our_mentions(client: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with InstagramThere() as there:
        source = there.settings().model_copy(update={"mentioned_comments": ("11_22",), "mentioned_media": ("11_30",)})
        one = writer_for(source)
        assert one is not None
        comment = replace(saying(there), target=replace(there.target(), raw={"media": {"id": "11_9"}}))
        picture = replace(saying(there), target=replace(there.target(), external_id="11_30", raw={"media_type": "IMAGE"}))
        one.reply(comment, client)
        one.reply(picture, client)
        assert there.mentions == [{"comment_id": "11_22", "media_id": "11_9"}, {"media_id": "11_30"}]
        assert one.find(comment, client) is None, "what others own cannot be read: a person is asked"
