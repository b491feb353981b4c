"""The first configuration: valid whatever the brand is called, works without an account, never over another."""

import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.watch import first_configuration, watch_brand
from core.errors import ConfigError
from core.toml import read
from czujka.config import load, validate

NOW = datetime(2026, 11, 20, 1, 14, tzinfo=UTC)


def test_it_watches_feeds_and_tags_at_once(tmp_path: Path) -> None:
    settings = load(watch_brand("  Mleczarnia   Żółta ", tmp_path, NOW), tmp_path)
    assert settings.company.name == "Mleczarnia Żółta"
    assert settings.brand[0].id == "mleczarnia-zolta"
    assert settings.brand[0].terms == ("Mleczarnia Żółta", "#mleczarniażółta", "#mleczarniazolta")
    assert settings.company.fallback == settings.owner[0].id
    assert [(source.kind, source.brand) for source in settings.source] == [
        ("mastodon", "mleczarnia-zolta"),
        ("mastodon", "mleczarnia-zolta"),
        ("rss", "mleczarnia-zolta"),
        ("rss", "mleczarnia-zolta"),
    ]
    assert settings.source[0].tag == "mleczarniażółta"
    assert all(source.terms_only for source in settings.source if source.kind == "rss")
    assert "q=%22Mleczarnia+%C5%BB%C3%B3%C5%82ta%22&hl=pl" in str(settings.source[2].url)
    assert [channel.kind for channel in settings.channel] == ["email"]


def test_the_commented_bluesky_source_works_once_its_marks_are_taken_away() -> None:
    text = first_configuration("Polna", NOW)
    opened = text.replace("\n# [[source]]", "\n[[source]]")
    head, tail = opened.rsplit("[[source]]", 1)
    document = read(head + "[[source]]" + tail.replace("\n# ", "\n"), "czujka.toml")
    _, problems = validate(document, Path("var"))
    assert [str(problem) for problem in problems] == []
    assert document.values["source"][-1]["kind"] == "bluesky"


def test_the_commented_mail_server_works_once_its_marks_are_taken_away() -> None:
    text = first_configuration("Polna", NOW)
    for key in ("server", "username", "password", "sender"):
        assert f"\n# {key} = " in text
        text = text.replace(f"\n# {key} = ", f"\n{key} = ")
    settings, problems = validate(read(text, "czujka.toml"), Path("var"))
    assert [str(problem) for problem in problems] == []
    assert settings is not None
    assert settings.channel[0].server is not None


@given(st.text(max_size=120))
def test_any_name_gives_a_valid_file_or_a_clear_error(name: str) -> None:
    try:
        text = first_configuration(name, NOW)
    except ConfigError as error:
        assert error.reason == "brand_name"
        return
    values = tomllib.loads(text)
    assert values["brand"][0]["name"] == " ".join(values["brand"][0]["name"].split())
    settings, problems = validate(read(text, "czujka.toml"), Path("var"))
    assert problems == []
    assert settings is not None


@pytest.mark.parametrize("name", ["", "   ", "123", "!!!", "🐄🐄", "a" * 81, "\x00\x07"])
def test_names_that_cannot_be_watched_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="brand's name"):
        watch_brand(name, tmp_path, NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "czujka.toml").write_text("# mine\n")
    with pytest.raises(ConfigError, match="there already"):
        watch_brand("Polna", tmp_path, NOW)
    assert (tmp_path / "czujka.toml").read_text() == "# mine\n"
    assert [path.name for path in tmp_path.iterdir()] == ["czujka.toml"]


def test_of_two_that_write_at_once_one_wins_whole(tmp_path: Path) -> None:
    def write(n: int) -> bool:
        try:
            watch_brand(f"Marka {'abcdefgh'[n]}", tmp_path, NOW)
        except ConfigError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 1
    assert load(tmp_path / "czujka.toml", tmp_path).brand[0].name.startswith("Marka ")
    assert [path.name for path in tmp_path.iterdir()] == ["czujka.toml"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        watch_brand("Polna", tmp_path / "file", NOW)
