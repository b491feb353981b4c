"""The checklists in their files, and what counts as late."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.crisis import Crisis, Kind, Part, Room, Stage, Statement, Tick, kind_for
from core.errors import ConfigError
from governance.checklist import FOLDER, checklists, late_items, read, silences

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def room(*ticks: Tick, said: tuple[datetime, ...] = (), over: datetime | None = None) -> Room:
    one = Crisis(
        crisis_id=1,
        kind=Kind.LEAK,
        title="t",
        brand=None,
        incident_id=None,
        stage=Stage.STOOD_DOWN if over else Stage.DECLARED,
        version=1,
        roles={Part.LEAD: "anna"},
        declared_by="anna",
        declared_at=NOON,
        stood_down_at=over,
    )
    statements = tuple(
        Statement(statement_id=n, language="en", text="x", drafted_by="anna", drafted_at=NOON, published_at=at) for n, at in enumerate(said)
    )
    return Room(crisis=one, entries=(), ticks={tick.item: tick for tick in ticks}, statements=statements, actions=())


def test_there_is_one_file_for_each_kind_and_no_other() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {kind.value for kind in Kind}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_of_ours_goes_out_before_anything_else_is_done(path: Path) -> None:
    first, second, *others = yaml.safe_load(path.read_text(encoding="utf-8"))["items"]
    assert first["en"] == "Pause scheduled posts and advertisements on all accounts."
    assert first["pl"] == "Wstrzymaj zaplanowane posty i reklamy na wszystkich kontach."
    assert second["en"] == "Freeze who may publish to the people in this room."
    assert second["pl"] == "Ogranicz, kto może publikować, do osób z tego pokoju."
    assert first["within"] == second["within"] == "10m"
    assert {"first-statement"} <= {one["id"] for one in others}


@pytest.mark.parametrize("kind", list(Kind))
def test_both_languages_say_the_same_things_each_in_its_own_words(kind: Kind) -> None:
    checklist = checklists()[kind]
    for item in checklist.items:
        assert item.pl != item.en
    assert (
        set(re.findall(r"\{\w+\}", checklist.statement.pl)) == set(re.findall(r"\{\w+\}", checklist.statement.en)) <= {"{what}", "{next}"}
    )
    assert "{next}" in checklist.statement.pl


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("pause-scheduled", "pause-later", "begins with"),
        ("id: freeze-publishers", "id: pause-scheduled", "begins with"),
        ("call-quality", "stop-sale", "each id stands once"),
        ("kind: harm", "kind: leak", "called after its kind"),
        ("within: 15m", "within: soon", "a duration such as"),
        ("    part: legal\n", "    part: king\n", "lead"),
    ],
)
def test_a_file_that_is_not_a_checklist_is_refused(tmp_path: Path, was: str, becomes: str, why: str) -> None:
    text = (FOLDER / "harm.yaml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "harm.yaml"
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=why):
        read(path)


def test_late_is_what_was_done_after_its_time_or_not_at_all() -> None:
    ticks = [Tick(item="pause-scheduled", person="anna", at=NOON + 10 * MINUTE), Tick(item="what-leaked", person="jan", at=NOON + HOUR)]
    found = late_items(checklists()[Kind.LEAK], room(*ticks), NOON + 90 * MINUTE)
    assert [(one.item.id, one.due_at, one.done_at) for one in found] == [
        ("freeze-publishers", NOON + 10 * MINUTE, None),
        ("what-leaked", NOON + 30 * MINUTE, NOON + HOUR),
        ("close-source", NOON + HOUR, None),
        ("first-statement", NOON + HOUR, None),
        ("no-hunt", NOON + HOUR, None),
    ]


def test_what_was_not_due_when_it_was_over_is_not_late() -> None:
    assert late_items(checklists()[Kind.LEAK], room(over=NOON + 9 * MINUTE), NOON + timedelta(days=3)) == ()


def test_silence_runs_to_the_first_statement_between_two_and_until_the_end() -> None:
    said = (NOON + 2 * HOUR, NOON + 5 * HOUR, NOON + 11 * HOUR)
    found = silences(room(said=said, over=NOON + 16 * HOUR), HOUR, 4 * HOUR, NOON + 40 * HOUR)
    assert [(one.since - NOON, one.length) for one in found] == [(0 * HOUR, 2 * HOUR), (5 * HOUR, 6 * HOUR), (11 * HOUR, 5 * HOUR)]
    assert [one.until for one in found] == [NOON + 2 * HOUR, NOON + 11 * HOUR, None]


def test_whoever_speaks_in_time_is_not_silent() -> None:
    said = (NOON + HOUR, NOON + 5 * HOUR)
    assert silences(room(said=said), HOUR, 4 * HOUR, NOON + 9 * HOUR) == ()


@given(st.lists(st.integers(1, 3000), max_size=8, unique=True), st.integers(1, 3000))
def test_silences_never_overlap_and_stay_inside_the_crisis(minutes: list[int], end: int) -> None:
    over = NOON + end * MINUTE
    found = silences(room(said=tuple(NOON + n * MINUTE for n in minutes), over=over), HOUR, 4 * HOUR, over)
    ends = [one.until or over for one in found]
    assert all(NOON <= one.since <= stop <= over for one, stop in zip(found, ends, strict=True))
    assert all(stop <= later.since for stop, later in zip(ends, found[1:], strict=False))


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("crisis.safety", Kind.HARM),
        ("complaint.safety", Kind.HARM),
        ("leak.codename", Kind.LEAK),
        ("crisis.breach", Kind.LEAK),
        ("account.takeover", Kind.TAKEOVER),
        ("complaint.outage", Kind.OUTAGE),
        ("crisis.legal", Kind.LEGAL),
        ("crisis.boycott", Kind.BOYCOTT),
        ("crisis.press", Kind.BOYCOTT),
    ],
)
def test_the_checklist_follows_from_what_the_incident_is_about(label: str, kind: Kind) -> None:
    assert kind_for(label) is kind
