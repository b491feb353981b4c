"""Links that carry a right, and the secret that signs them."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.links import ack_token, click_token, digest, form_token, is_form_token, random_token, read_ack, read_click, secret_key
from core.types import ClickAct

NOW = datetime(2026, 11, 20, 1, 14, tzinfo=UTC)
SECRET = "s" * 40


def test_a_link_names_one_incident_and_one_person() -> None:
    link = read_ack(SECRET, ack_token(SECRET, 17, "jan", NOW), NOW + timedelta(hours=3))
    assert link is not None
    assert (link.incident_id, link.person, link.made_at) == (17, "jan", NOW)


def test_a_link_expires_and_is_not_from_the_future() -> None:
    token = ack_token(SECRET, 17, "jan", NOW)
    assert read_ack(SECRET, token, NOW + timedelta(days=7)) is not None
    assert read_ack(SECRET, token, NOW + timedelta(days=7, seconds=1)) is None
    assert read_ack(SECRET, token, NOW + timedelta(minutes=11), max_age=timedelta(minutes=10)) is None
    assert read_ack(SECRET, token, NOW - timedelta(hours=1)) is None


def test_another_secret_does_not_open_it() -> None:
    assert read_ack("t" * 40, ack_token(SECRET, 17, "jan", NOW), NOW) is None


@given(st.integers(0, 200), st.characters(codec="utf-8"))
def test_a_changed_link_is_refused(place: int, letter: str) -> None:
    token = ack_token(SECRET, 17, "jan", NOW)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    link = read_ack(SECRET, changed, NOW)
    assert link is None or (link.incident_id, link.person) == (17, "jan")
    assert (link is None) or changed[:-1] == token[:-1], "only the last letter of a signature has bits to spare"


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert read_ack(SECRET, text, NOW) is None


def test_random_tokens_differ_and_only_their_hash_is_kept() -> None:
    one, other = random_token(), random_token()
    assert one != other
    assert len(one) >= 43
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_form_belongs_to_its_session() -> None:
    token = form_token(SECRET, "session-a")
    assert is_form_token(SECRET, "session-a", token)
    assert not is_form_token(SECRET, "session-b", token)
    assert not is_form_token("t" * 40, "session-a", token)
    assert not is_form_token(SECRET, "session-a", "ąę")


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    home = tmp_path / "var"
    first = secret_key(home)
    assert len(first) >= 64
    assert secret_key(home) == first
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret.key"]


def test_those_who_start_together_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: secret_key(tmp_path), range(64)))) == 1


def test_a_secret_that_is_too_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(ConfigError, match="less than 32 characters"):
        secret_key(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    with pytest.raises(ConfigError, match="var"):
        secret_key(tmp_path / "var")


def test_a_button_says_one_act_in_one_channel_and_fits_every_medium() -> None:
    token = click_token(SECRET, "slack-pr", ClickAct.RESOLVE, 9_999_999_999, NOW)
    assert len(token.encode()) <= 64
    found = read_click(SECRET, "slack-pr", token, NOW + timedelta(days=6))
    assert found is not None
    assert (found.act, found.incident_id, found.made_at) == (ClickAct.RESOLVE, 9_999_999_999, NOW)
    assert read_click(SECRET, "telegram-duty", token, NOW) is None
    assert read_click("t" * 40, "slack-pr", token, NOW) is None
    assert read_click(SECRET, "slack-pr", token.replace("r.", "a.", 1), NOW) is None
    assert read_click(SECRET, "slack-pr", token, NOW + timedelta(days=7, seconds=1)) is None
    assert read_click(SECRET, "slack-pr", token, NOW - timedelta(minutes=6)) is None


@given(st.text(max_size=80))
def test_no_other_text_is_a_button(text: str) -> None:
    assert read_click(SECRET, "slack-pr", text, NOW) is None
