"""SMS: letters, segments, numbers, and what Twilio's own numbers for failure mean."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import sms
from core.errors import DeliveryError
from core.http import Http
from core.types import Contact
from tests.fakes.messages import message
from tests.fakes.services import ACCOUNT, twilio
from tests.fakes.sink import Sink, json_reply

TOKEN = "tajny-token-twilio"
ANNA = Contact(kind="sms", address="+48601234567", channel="sms", person="anna", language="pl")


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


@pytest.fixture
def api() -> Iterator[Sink]:
    with Sink(twilio(TOKEN)) as running:
        yield running


@pytest.fixture
def settings(api: Sink, monkeypatch: pytest.MonkeyPatch) -> sms.Settings:
    monkeypatch.setenv("TWILIO_TOKEN", TOKEN)
    table = {"id": "sms", "account": ACCOUNT, "token": {"env": "TWILIO_TOKEN"}, "sender": "+48732000000", "base_url": api.url}
    return sms.Settings.model_validate(table)


def sent(api: Sink) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(api.arrived[-1].body.decode()).items()}


# Lengths from 3GPP TS 23.038 and 23.040: one segment holds 160 septets or 70 units, each of several 153 or 67.
@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("€" * 80, 1),
        ("ż" * 70, 1),
        ("ż" * 71, 2),
        ("ż" * 134, 2),
        ("ż" * 135, 3),
        ("a" * 70 + "ż", 2),
        ("\U0001f95b" * 35, 1),
        ("\U0001f95b" * 36, 2),
        ("ÄÖÜß£", 1),
    ],
)
def test_segments(text: str, segments: int) -> None:
    assert sms.count(text) == segments


def test_polish_letters_lose_their_marks_unless_they_are_wanted() -> None:
    text = "Zażółć gęślą jaźń „Bursztyn” – ŁÓDŹ… \U0001f95b"
    assert sms.spelled(text, "plain") == 'Zazolc gesla jazn "Bursztyn" - LODZ... ?'
    assert sms.spelled(text, "as_written") == text


def test_the_line_gives_way_and_the_link_stays() -> None:
    link = "https://czujka.example/ack/" + "x" * 90
    long = message(line="[krytyczny] " + "Wyciek " * 40, ack_url=link)
    for letters in ("plain", "as_written"):
        said = sms.fitting(long, letters, 2)
        assert said.endswith(f" {link}")
        assert said.startswith("[krytyczny] Wyciek")
        assert sms.count(said) <= 2


@given(st.text(max_size=400), st.sampled_from(["plain", "as_written"]), st.integers(1, 5))
def test_no_text_costs_more_than_is_allowed(text: str, letters: str, segments: int) -> None:
    said = sms.fitting(message(line=text, ack_url="https://czujka.example/ack/eyJ"), letters, segments)
    assert sms.count(said) <= segments
    assert "https://czujka.example/ack/eyJ" in said


def test_the_form_says_who_to_whom_what(api: Sink, settings: sms.Settings, http: Http) -> None:
    receipt = sms.send(message(), settings, ANNA, http)
    assert receipt.remote_id == "SM00000000000000000000000000000001"
    assert api.arrived[0].path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = sent(api)
    assert (form["To"], form["From"]) == ("+48601234567", "+48732000000")
    assert form["Body"].startswith('[krytyczny] Wyciek: nazwa kodowa "Projekt Bursztyn" na X, pisze @marek')
    assert form["Body"].endswith("https://czujka.example/ack/eyJpIjoxMn0.sig")


def test_a_messaging_service_is_named_as_one(api: Sink, settings: sms.Settings, http: Http) -> None:
    sms.send(message(), settings.model_copy(update={"sender": "MG0123456789abcdef0123456789abcdef"}), ANNA, http)
    assert sent(api)["MessagingServiceSid"] == "MG0123456789abcdef0123456789abcdef"
    assert "From" not in sent(api)


@pytest.mark.parametrize("address", ["601234567", "+0601234567", "+48601", "anna", "+48601234567,+48601234568", ""])
def test_what_is_no_number_is_not_asked(api: Sink, settings: sms.Settings, http: Http, address: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        sms.send(message(), settings, Contact(kind="sms", address=address, channel="sms"), http)
    assert (caught.value.permanent, caught.value.reason) == (True, "bad_address")
    assert api.arrived == []


@pytest.mark.parametrize(
    ("status", "code", "permanent", "reason"),
    [
        (400, 21211, True, "bad_address"),
        (400, 21610, True, "bad_address"),
        (400, 21408, True, "bad_address"),
        (400, 21617, True, "rejected"),
        (401, 20003, True, "unauthorized"),
        (400, 21611, False, "unavailable"),
        (429, 20429, False, "rate_limited"),
        (503, 20503, False, "unavailable"),
    ],
)
def test_numbers_for_failure(api: Sink, settings: sms.Settings, http: Http, status: int, code: int, permanent: bool, reason: str) -> None:
    api.answers(json_reply({"code": code, "message": "nie dla +48601234567", "status": status}, status))
    with pytest.raises(DeliveryError) as caught:
        sms.send(message(), settings, ANNA, http)
    assert (caught.value.permanent, caught.value.reason) == (permanent, reason)
    assert "601234567" not in str(caught.value)


def test_a_message_that_is_taken_and_fails_at_once_has_failed(api: Sink, settings: sms.Settings, http: Http) -> None:
    api.answers(json_reply({"sid": "SM1", "status": "failed", "error_code": 30006}, 201))
    with pytest.raises(DeliveryError) as caught:
        sms.send(message(), settings, ANNA, http)
    assert (caught.value.permanent, caught.value.reason) == (True, "bad_address")
