"""The demonstration: what its data hold and must not hold, and that its player neither loses nor doubles a post."""

import ast
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from collector import file
from collector.base import Asking
from core.http import Http
from core.settings import Settings
from core.types import Item, Json, Scope, Voice
from demo import __main__ as demo

HOUSE = Path(__file__).parents[2]
ROOMS = ("core", "collector", "classifiers", "alerts", "reports", "governance", "storage", "actions", "web", "czujka")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR_S = 3600
Posts = list[dict[str, Any]]
KEYS = {"id", "at", "platform", "kind", "author", "text", "in_reply_to", "lang", "voice"}


def rows(platform: str) -> Posts:
    return [json.loads(row) for row in (HOUSE / "demo" / "week" / f"{platform}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def posts() -> Posts:
    return [row for platform in ("x", "facebook", "mastodon", "instagram") for row in rows(platform)]


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((home / "demo").glob("*.jsonl"))}


def lines(home: Path) -> Posts:
    return [json.loads(row) for content in files(home).values() for row in content.decode().splitlines()]


def test_the_week_has_about_two_thousand_posts_most_of_them_polish(posts: Posts) -> None:
    languages = Counter(post["lang"] for post in posts)
    assert 1900 <= len(posts) <= 2100
    assert set(languages) == {"pl", "en"}
    assert 0.65 <= languages["pl"] / len(posts) <= 0.75
    assert 140 <= sum(post["at"] >= 0 for post in posts) <= 180
    assert min(post["at"] for post in posts) >= -7.5 * 24 * HOUR_S
    assert len({post["author"]["handle"] for post in posts}) > 1000


def test_posts_say_nothing_but_what_a_platform_says(posts: Posts) -> None:
    assert {key for post in posts for key in post} == KEYS
    assert {key for post in posts for key in post["author"]} == {"id", "name", "handle", "followers"}
    assert {post.get("voice") for post in posts} == {None, "ours"}
    assert not [post["id"] for post in posts if not re.fullmatch(r"\d+(_\d+)?", post["id"])]


def test_ids_are_unique_and_answers_follow_what_they_answer(posts: Posts) -> None:
    at = {(post["platform"], post["id"]): post["at"] for post in posts}
    assert len(at) == len(posts)
    answers = [post for post in posts if post["in_reply_to"]]
    assert len(answers) > 800
    assert not [post["text"] for post in answers if at[post["platform"], post["in_reply_to"]] >= post["at"]]


def test_people_do_not_repeat_each_other(posts: Posts) -> None:
    texts = Counter(post["text"] for post in posts)
    assert sum(count - 1 for count in texts.values()) <= 8, "more than the few deliberate reposts"
    words = [frozenset(re.findall(r"\w+", text.casefold())) for text in texts]
    words = [bag for bag in words if len(bag) >= 4]
    alike = sum(2 * len(one & other) > min(len(one), len(other)) for one, other in combinations(words, 2))
    pairs = len(words) * (len(words) - 1) // 2
    assert alike / pairs < 0.001, f"{alike} of {pairs} pairs share over half of their words"


def strangers(posts: Posts, since_s: float) -> set[str]:
    """Who of the public wrote a post of their own in the two hours from `since_s`."""
    window = [post for post in posts if since_s <= post["at"] < since_s + 2 * HOUR_S]
    return {post["author"]["id"] for post in window if post["kind"] == "post" and "voice" not in post}


def test_a_wave_of_strangers_wait_for_their_parcels_two_days_ago(posts: Posts) -> None:
    wave = strangers(posts, -50 * HOUR_S)
    usual = max(len(strangers(posts, hour * HOUR_S)) for hour in range(-160, -2) if not -52 <= hour <= -48)
    assert len(wave) >= 44, "41 about our parcels, 3 about somebody else's courier"
    assert len(wave) > 2 * usual
    assert {post["platform"] for post in posts if post["author"]["id"] in wave} == {"x", "facebook", "mastodon"}


def test_the_leak_and_the_crisis_come_within_forty_seconds(posts: Posts) -> None:
    soon = [post for post in posts if 0 <= post["at"] < 40]
    (leak,) = [post for post in posts if "Projekcie Bursztyn" in post["text"]]
    assert leak in soon
    assert leak["text"] == "co to jest Projekcie Bursztyn? kolega z Polnej wrzucił slajd"
    assert leak["author"]["followers"] == 12_400
    assert "voice" not in leak
    ill = [post for post in soon if re.search(r"truskaw|strawberry", post["text"], re.IGNORECASE)]
    assert 8 <= len({post["author"]["id"] for post in ill}) <= 12
    assert {post["lang"] for post in ill} == {"pl", "en"}
    assert any("#BojkotPolnej" in post["text"] for post in soon)
    assert any("redakcja" in post["text"] for post in soon)


def test_numbers_of_people_are_well_formed_and_belong_to_nobody_alive(posts: Posts) -> None:
    found = {number for post in posts for number in re.findall(r"\b\d{11}\b", post["text"])}
    assert len(found) == 4
    for number in found:
        weighted = sum(int(digit) * weight for digit, weight in zip(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), strict=True))
        assert weighted % 10 == 0
        assert number[:2] < "10", "born before 1910"
        assert 1 <= int(number[2:4]) <= 12


def test_prepare_shifts_the_past_so_that_it_ends_now(tmp_path: Path, posts: Posts) -> None:
    demo.prepare(tmp_path, NOW)
    past = {post["id"]: post["at"] for post in posts if post["at"] < 0}
    written = lines(tmp_path)
    assert {line["id"] for line in written} == set(past)
    assert len(written) == len(past)
    for line in written:
        created_at = datetime.fromisoformat(line["created_at"])
        assert created_at.utcoffset() == timedelta(0)
        assert abs((created_at - NOW).total_seconds() - past[line["id"]]) < 0.01
        assert created_at < NOW


def test_lines_have_the_columns_of_an_import(tmp_path: Path) -> None:
    demo.prepare(tmp_path, NOW)
    for line in lines(tmp_path):
        assert set(line) >= {
            "id",
            "created_at",
            "text",
            "author_handle",
            "author_id",
            "author_name",
            "url",
            "lang",
            "platform",
            "kind",
            "voice",
        }
        assert line["voice"] in {"ours", "public"}
        assert None not in line.values()


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    demo.prepare(tmp_path, NOW)
    before = files(tmp_path)
    demo.prepare(tmp_path, NOW + timedelta(days=3))
    assert files(tmp_path) == before


def test_a_file_that_was_lost_before_it_was_written_gets_the_first_epoch(tmp_path: Path) -> None:
    demo.prepare(tmp_path, NOW)
    before = files(tmp_path)
    (tmp_path / "demo" / "mastodon.jsonl").unlink()
    demo.prepare(tmp_path, NOW + timedelta(hours=5))
    assert files(tmp_path) == before


def test_live_posts_arrive_in_their_time_and_not_before(tmp_path: Path, posts: Posts) -> None:
    demo.prepare(tmp_path, NOW)
    past = len(lines(tmp_path))
    demo.play(tmp_path, NOW, iter([-1.0]))
    assert len(lines(tmp_path)) == past
    demo.play(tmp_path, NOW, iter([2.0, 8.0, 8.5]))
    arrived = {line["id"] for line in lines(tmp_path)}
    assert arrived == {post["id"] for post in posts if post["at"] <= 8.5}
    assert all(content.endswith(b"\n") for content in files(tmp_path).values())


def test_a_restart_writes_what_was_missed_with_its_own_time_and_doubles_nothing(tmp_path: Path, posts: Posts) -> None:
    demo.prepare(tmp_path, NOW)
    demo.play(tmp_path, NOW, iter([30.0]))
    demo.play(tmp_path, NOW, iter([30.0, 600.0]))
    demo.play(tmp_path, NOW, iter([600.0, 5000.0, 5001.0]))
    written = lines(tmp_path)
    assert Counter(line["id"] for line in written) == Counter(post["id"] for post in posts)
    at = {post["id"]: post["at"] for post in posts}
    live = [line for line in written if at[line["id"]] >= 0]
    assert not [line for line in live if abs((datetime.fromisoformat(line["created_at"]) - NOW).total_seconds() - at[line["id"]]) > 0.01]


def test_a_line_cut_short_by_a_kill_is_written_again_whole(tmp_path: Path, posts: Posts) -> None:
    demo.prepare(tmp_path, NOW)
    demo.play(tmp_path, NOW, iter([60.0]))
    path = tmp_path / "demo" / "x.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    demo.play(tmp_path, NOW, iter([60.0]))
    assert Counter(line["id"] for line in lines(tmp_path)) == Counter(post["id"] for post in posts if post["at"] <= 60)


def player(home: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "demo", "play", "--home", str(home), *arguments]
    return subprocess.Popen(command, cwd=HOUSE, stderr=subprocess.PIPE)


def until(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen"
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_counts_from_readiness_and_ends_when_told(tmp_path: Path, number: signal.Signals) -> None:
    ready, start = tmp_path / "ready", tmp_path / "demo" / "start"
    with player(tmp_path, "--ready", str(ready)) as process:
        until((tmp_path / "demo" / "instagram.jsonl").exists)
        assert not start.exists()
        prepared_at = datetime.now(UTC)
        ready.touch()
        until(start.exists)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")
    assert datetime.fromisoformat(start.read_text(encoding="utf-8")) >= prepared_at


def test_the_process_plays_what_is_due_and_ends_when_all_is_played(tmp_path: Path, posts: Posts) -> None:
    demo.prepare(tmp_path, NOW)
    (tmp_path / "demo" / "start").write_text((datetime.now(UTC) - timedelta(hours=2)).isoformat(), encoding="utf-8")
    with player(tmp_path) as process:
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")
    assert len(lines(tmp_path)) == len(posts)


PARENT = """
import pathlib, subprocess, sys, time
home, open_while_it_runs = sys.argv[1:]
subprocess.Popen([sys.executable, "-m", "demo", "play", "--home", home], pass_fds=[int(open_while_it_runs)])
while not (pathlib.Path(home) / "demo" / "start").exists():
    time.sleep(0.01)
"""


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    subprocess.run([sys.executable, "-c", PARENT, str(tmp_path), str(theirs)], cwd=HOUSE, pass_fds=[theirs], check=True, timeout=60)
    os.close(theirs)
    readable, _, _ = select.select([ours], [], [], 60)
    assert readable, "the player outlived its parent"
    assert os.read(ours, 1) == b""
    os.close(ours)


def test_the_configuration_reads_the_files_that_are_played(tmp_path: Path) -> None:
    tables = tomllib.loads((HOUSE / "demo" / "czujka.toml").read_text(encoding="utf-8"))
    settings = Settings.model_validate(tables)
    demo.prepare(tmp_path, NOW)
    sources = {source["id"]: source for source in settings.source}
    assert set(sources) == {"demo-x", "demo-facebook", "demo-mastodon", "demo-instagram"}
    for source in sources.values():
        first = json.loads((tmp_path / source["path"]).read_text(encoding="utf-8").splitlines()[0])
        assert source["kind"] == "file"
        assert first["platform"] == source["platform"]


def test_the_file_source_reads_every_post_once_with_its_voice_and_reach(tmp_path: Path, posts: Posts) -> None:
    demo.prepare(tmp_path, NOW)
    cursors: dict[str, Json | None] = dict.fromkeys(demo.PLATFORMS)
    first = polled(tmp_path, cursors)
    demo.play(tmp_path, NOW, iter([5000.0]))
    second = polled(tmp_path, cursors)
    assert Counter(item.external_id for item in first) == Counter(post["id"] for post in posts if post["at"] < 0)
    assert Counter(item.external_id for item in second) == Counter(post["id"] for post in posts if post["at"] >= 0)
    ours = {post["id"] for post in posts if post.get("voice") == "ours"}
    assert {item.external_id for item in first + second if item.voice is Voice.OURS} == ours
    (leak,) = [item for item in second if "Projekcie" in item.text]
    assert (leak.platform, leak.author.handle, leak.author.followers) == ("x", "marek_zdunek", 12_400)
    assert leak.created_at == NOW + timedelta(seconds=8)
    answers = {post["id"]: post["in_reply_to"] for post in posts}
    assert not [item for item in first + second if item.parent_id != answers[item.external_id]]


def polled(home: Path, cursors: dict[str, Json | None]) -> list[Item]:
    """What sources of kind `file` bring until they have no more."""
    http, items = Http(), []
    for platform, cursor in cursors.items():
        settings = file.Settings(id=platform, kind="file", path=home / "demo" / f"{platform}.jsonl", scope=Scope.OFFICIAL)
        page = file.collect(settings, cursor, Asking(http=http, now=NOW + timedelta(hours=2)))
        pages = [page]
        while page.more:
            page = file.collect(settings, page.cursor, Asking(http=http, now=NOW + timedelta(hours=2)))
            pages.append(page)
        assert not [rejected for page in pages for rejected in page.rejected]
        items += [item for page in pages for item in page.items]
        cursors[platform] = page.cursor
    http.close()
    return items


def test_every_name_in_the_configuration_leads_somewhere() -> None:
    settings = Settings.model_validate(tomllib.loads((HOUSE / "demo" / "czujka.toml").read_text(encoding="utf-8")))
    people = {person.id for person in settings.person}
    owners = {owner.id for owner in settings.owner}
    targets = {f"person:{name}" for name in people} | {f"schedule:{schedule.id}" for schedule in settings.schedule}
    assert settings.company.fallback in owners
    assert {route.owner for route in settings.route} <= owners
    assert {name for owner in settings.owner for name in owner.people} <= people
    assert {owner.escalation for owner in settings.owner} == {escalation.id for escalation in settings.escalation}
    assert {target for escalation in settings.escalation for step in escalation.step for target in step.notify} <= targets
    assert {name for schedule in settings.schedule for layer in schedule.layer for name in layer.people} <= people


def test_nobody_but_who_starts_it_imports_the_demonstration() -> None:
    modules = [path for room in ROOMS for path in (HOUSE / room).rglob("*.py")]
    assert len(modules) > 10
    knows = [path.relative_to(HOUSE).as_posix() for path in modules if "demo" in imported(path)]
    assert knows == ["czujka/running.py"], "it lays out what the dairy's people did; nobody knows what the posts are meant to raise"


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}
