"""Gathering into stories is measured as by hand; the set is what its README says."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers.evaluation.score import Share
from classifiers.evaluation.stories import by_likeness, by_signature, cubed, measure_stories
from classifiers.evaluation.story_rows import StoryRow, read
from core.errors import ConfigError
from czujka.cli import cli

ROOT = Path(__file__).parents[2]
SET, TUNING = ROOT / "evaluation/stories.jsonl", ROOT / "classifiers/evaluation/stories_tuning.jsonl"


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def test_b_cubed_is_that_of_a_hand() -> None:
    """Two stories of two: one gathered whole with a stranger from the other, whose second post stands alone."""
    figures = cubed([0, 0, 1, 1], [5, 5, 5, 9], ["a", "a", "b", "b"])
    assert figures.precision.value == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, abs=1e-4)
    assert figures.recall.value == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4, abs=1e-4)
    assert figures.f1.value == pytest.approx(2 * (2 / 3) * 0.75 / (2 / 3 + 0.75), abs=1e-4)
    assert figures.precision.low <= figures.precision.value <= figures.precision.high
    perfect = cubed([0, 0, 1], [3, 3, 4], ["a", "a", "b"])
    assert (perfect.f1.value, perfect.f1.low) == (1.0, 1.0)


def test_pairs_are_counted_by_language_and_bounds_stand_beside() -> None:
    rows = [
        StoryRow("1", "x001a", "pl", "question", "czy jutro otwarte"),
        StoryRow("2", "x001a", "en", "question", "open tomorrow?"),
        StoryRow("3", "x001b", "pl", "question", "czy pojutrze otwarte"),
        StoryRow("4", "x002a", "pl", "question", "Czy jutro otwarte"),
    ]
    told = measure_stories(rows, lambda _: [0, 0, 0, 1])
    assert (told.posts, told.stories, told.families) == (4, 3, 2)
    assert dict(told.found) == {"pl–en": Share(1, 1)}
    assert told.apart == Share(0, 2)
    assert told.ways["all apart"].precision.value == told.ways["all one story"].recall.value == 1.0
    assert told.ways["the same text"].precision.value == 0.75, "another family's story in the same words is another story"


def test_signatures_gather_a_copy_and_no_other_label() -> None:
    text = "Kurier zostawił naszą paczkę w kałuży przed domem i pojechał dalej"
    rows = [StoryRow(str(n), "x001a", "pl", kind, said) for n, (kind, said) in enumerate(
        [("complaint.delivery", text), ("complaint.delivery", f"RT @ktos: {text}"), ("complaint.quality", text)]
    )]  # fmt: skip
    assert by_signature(rows) == [0, 0, 2]


@pytest.mark.parametrize(("line", "said"), [('{"id": 1}', "line 2: id"), ("{", "line 2: row"), (
    '{"id": "1", "group": "e001a", "lang": "pl", "kind": "gossip", "text": "x"}', "'gossip' is no label")])  # fmt: skip
def test_a_row_that_cannot_be_read_is_named(line: str, said: str, tmp_path: Path) -> None:
    good = '{"id": "1", "group": "e001a", "lang": "pl", "kind": "question", "text": "x"}'
    path = tmp_path / "stories.jsonl"
    path.write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read(path)
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="no post"):
        read(path)


def test_the_set_is_what_its_readme_says() -> None:
    rows = lines(SET)
    families: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        families[row["group"][:-1]][row["group"]] += 1
    assert len(families) >= 200
    assert all(max(groups.values()) >= 2 for groups in families.values()), "every family has a story that several tell"
    assert sum(len(groups) >= 2 for groups in families.values()) >= 0.9 * len(families), "nearly every one has look-alikes"
    assert len(rows) >= 3 * len(families)
    assert {row["lang"] for row in rows} == {"pl", "en"}
    assert len({row["id"] for row in rows}) == len({bare(row["text"]) for row in rows}) == len(rows)
    assert {row["kind"].partition(".")[0] for row in rows} >= {"complaint", "leak", "crisis", "policy", "account"}
    by_family = defaultdict(set)
    for row in rows:
        by_family[row["group"][:-1]].add(row["kind"])
    assert all(len(kinds) == 1 for kinds in by_family.values()), "the label gives nobody away"


def test_nothing_that_judges_was_tuned_on() -> None:
    tuned = {bare(row["text"]) for row in lines(TUNING)}
    assert len(tuned) >= 200
    assert not tuned & {bare(row["text"]) for row in lines(SET)}


def test_the_verb_prints_figures_beside_baselines() -> None:
    shown = CliRunner().invoke(cli, ["model", "stories", "--posts", str(SET)])
    assert shown.exit_code == 0, shown.output
    for name in ("Czujka", "the same text", "near-duplicate signatures alone", "all one story", "all apart"):
        assert f"| {name} |" in shown.output
    listed = CliRunner().invoke(cli, ["model", "stories", "--posts", str(SET), "--json"])
    ways = {row["way"]: row for row in map(json.loads, listed.output.splitlines())}
    assert ways["all apart"]["precision"]["value"] == 1.0 > ways["all one story"]["precision"]["value"]


def test_gathering_beats_exact_text_by_far_and_rarely_mixes() -> None:
    told = measure_stories(read(TUNING), by_likeness)
    ours, plain = told.ways["Czujka"], told.ways["the same text"]
    assert ours.f1.low > plain.f1.high
    assert ours.precision.value >= 0.9
    assert ours.recall.low > plain.recall.high
    assert told.apart.hits / told.apart.tries > 0.75
