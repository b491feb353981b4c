"""What every channel promises, held against a real far side: SMTP servers without and with TLS, and HTTP servers."""

import re
import tomllib
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.channels import CHANNELS
from alerts.channels.base import Capabilities
from core.errors import DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Secret
from tests.contract.channel_benches import BENCHES, SHORT, Bench
from tests.fakes.messages import NOW, hostile_message, message


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    http = Http(allow_private=("127.0.0.0/8", "::1/128"))
    with BENCHES[request.param](tmp_path, http) as ready:
        yield ready
    http.close()


def fails(bench: Bench, **changed: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        bench.send(message(), **changed)
    shown = "".join(traceback.format_exception(caught.value))
    assert bench.secret not in shown
    assert re.fullmatch(r"[a-z_]{3,30}", caught.value.reason)
    return caught.value


def test_every_kind_is_held_against_this_suite() -> None:
    assert {name.split("-")[0] for name in BENCHES} == set(CHANNELS.kinds())


@pytest.mark.parametrize("kind", CHANNELS.kinds())
def test_a_kind_says_what_it_can_and_how_it_is_set(kind: str) -> None:
    channel = CHANNELS.get(kind)
    assert isinstance(channel.capabilities, Capabilities)
    assert issubclass(channel.Settings, ChannelSettings)
    assert channel.Settings.__doc__ and channel.send.__doc__
    assert "base" not in CHANNELS.kinds()


@pytest.mark.parametrize("kind", CHANNELS.kinds())
def test_a_kind_has_an_example_that_is_valid(kind: str) -> None:
    [example] = tomllib.loads(Path(f"deploy/examples/channel-{kind}.toml").read_text(encoding="utf-8"))["channel"]
    assert CHANNELS.get(kind).Settings.model_validate(example).kind == kind


def test_a_message_arrives_whole(bench: Bench) -> None:
    receipt = bench.send(message())

    assert receipt.remote_id
    [seen] = bench.far.seen()
    words = ("Projekcie Bursztyn", "12 tys. obserwujących", "Nazwa, której nie powinno", "Jan Wrona", "https://czujka.example/incidents/12")
    for said in words if bench.far.whole else ("Projekt Bursztyn",):
        assert said in seen
    assert "https://czujka.example/ack/eyJpIjoxMn0.sig" in seen


def test_a_refusal_is_permanent(bench: Bench) -> None:
    bench.far.refuse()
    error = fails(bench)
    assert error.permanent
    assert error.retry_at is None
    assert not error.may_have_arrived


def test_later_is_tried_again_when_the_far_side_says(bench: Bench) -> None:
    bench.far.later()
    error = fails(bench)
    assert not error.permanent
    assert error.retry_at == (NOW + timedelta(seconds=120) if bench.far.retry_after else None)


def test_a_far_side_that_never_answers_is_given_up_in_time(bench: Bench) -> None:
    bench.far.hang()
    error = fails(bench, timeout=SHORT)
    assert (error.permanent, error.reason) == (False, "timeout")
    assert error.may_have_arrived, "all of it had gone out"


def test_nonsense_is_tried_again(bench: Bench) -> None:
    bench.far.garbage()
    error = fails(bench)
    assert (error.permanent, error.reason) == (False, "garbage")


def test_a_dropped_line_is_tried_again(bench: Bench) -> None:
    bench.far.drop()
    assert not fails(bench).permanent


def test_after_a_failure_the_next_try_works(bench: Bench) -> None:
    bench.far.drop()
    fails(bench)
    bench.far.work()
    assert bench.send(message()).remote_id


def test_a_missing_secret_wants_a_person(bench: Bench) -> None:
    for name, value in bench.settings:
        if isinstance(value, Secret):
            error = fails(bench, **{name: Secret(file="/nonexistent/secret")})
            assert (error.permanent, error.reason) == (True, "secret_missing")


def test_a_repeat_can_be_recognised(bench: Bench) -> None:
    first = bench.send(message())
    again = bench.send(replace(message(), sent_at=NOW + timedelta(seconds=40)))
    other = bench.send(message(dedup_key="page:12:1:email:anna", incident_id=13 if bench.far.by_incident else 12))
    marks = [bench.far.mark(place) for place in range(3)]
    assert marks[0] == marks[1]
    assert marks[1] != marks[2] or (marks[2] == "" and not bench.channel.capabilities.idempotent)
    if bench.channel.capabilities.idempotent:
        assert first.remote_id == again.remote_id != other.remote_id


def test_hostile_text_stays_text(bench: Bench) -> None:
    bench.send(hostile_message())

    [seen] = bench.far.seen()
    assert not bench.far.whole or "alert(1)" in seen
    assert not bench.far.whole or "{{ 7*7 }}" in seen
    assert len(seen) < bench.channel.capabilities.max_chars
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u200e\u200f\ud800-\udfff]", seen.replace("\r\n", "\n"))
    for forbidden in ("<script", "<img", "<b>x", "<!channel>", "<@U999>", "mrkdwn"):
        assert forbidden not in bench.far.markup()
    assert all(link.startswith(("https://czujka.example/", "https://x.example/")) for link in bench.far.links())


def test_personal_data_and_credentials_are_not_sent_on(bench: Bench) -> None:
    text = "login polna hasło Tajne-Hasło-123 i PESEL 44051401359, proszę"
    spans = tuple(
        (text.index(word), text.index(word) + len(word), label)
        for word, label in (("Tajne-Hasło-123", "leak.secret.password"), ("44051401359", "leak.pii.pesel"))
    )
    bench.send(message(quotes=(replace(message().quotes[0], text=text, spans=spans),)))

    [seen] = bench.far.seen()
    assert "Tajne-Hasło-123" not in seen
    assert "44051401359" not in seen
    assert not bench.far.whole or ("•••••" in seen and "proszę" in seen)
