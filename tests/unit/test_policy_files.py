"""The policy's files: what can be read, what is refused and where, how two versions differ, how readable a clause is."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from actions.policy import pointers
from classifiers.taxonomy import CLAUSES, LABELS
from core.errors import ConfigError
from core.policy import Applies, Clause, Example, Wording
from czujka.cli import cli
from governance import difference
from governance.clauses import STARTER, fingerprint, read_folder, try_folder
from governance.difference import SAID, Kind, changed, changes, pieces, sentence
from governance.lint import Pointer, Surroundings, faults
from governance.readability import measure, of_clauses, syllables

OFFICES = dict.fromkeys(("compliance", "legal", "security", "privacy", "pr", "hr"), ("anna",))
GOOD = """---
id: POL-03
title: { pl: Jawność, en: Disclosure }
owner: compliance
watcher: compliance
reviewers: [legal, hr]
applies_to: [personal]
detected_by: [policy.undisclosed]
consequence: { pl: Rozmowa., en: A talk. }
---
## Polski

Powiedz, gdzie pracujesz.
To nic trudnego.

- Jedno zdanie wystarczy.

### Wolno
- (finance) „Pracuję w tym banku”.
### Nie wolno
- Udawać klienta.

## English

Say where you work.

### Allowed
- (finance) "I work at this bank",
  and then the facts.
### Not allowed
- To pose as a customer.
"""


def written(folder: Path, text: str = GOOD, name: str = "POL-03.md") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def around(**changes: object) -> Surroundings:
    fits: dict[str, object] = {"offices": OFFICES, "languages": ("pl", "en"), "labels": tuple(LABELS), "rules": ()}
    return Surroundings(**(fits | changes))  # type: ignore[arg-type]


def clause(text: str = "One. Two.", **changes: object) -> Clause:
    row: dict[str, object] = {"id": "POL-03", "owner": "pr", "watcher": "pr", "reviewers": ("legal",), "applies_to": (Applies.OFFICIAL,)}
    row |= {"detected_by": ("policy.insult",), "words": {"en": Wording(title="Respect", text=text, consequence="A talk.")}}
    return Clause(**(row | changes))  # type: ignore[arg-type]


class TestStarter:
    def test_it_covers_every_clause_of_the_taxonomy_in_both_languages_and_is_without_fault(self) -> None:
        reads = read_folder(STARTER)
        assert tuple(one.clause.id for one in reads) == CLAUSES
        assert faults(reads, around(rules=pointers())) == []
        for one in reads:
            assert set(one.clause.words) == {"pl", "en"}

    def test_every_clause_has_examples_of_three_industries_allowed_and_not(self) -> None:
        for one in read_folder(STARTER):
            for language, wording in one.clause.words.items():
                assert {"finance", "healthcare", "technology"} <= {each.industry for each in wording.examples}, (one.file, language)
                assert {True, False} == {each.allowed for each in wording.examples}, (one.file, language)
            pl, en = (one.clause.words[language].examples for language in ("pl", "en"))
            assert [(each.allowed, each.industry) for each in pl] == [(each.allowed, each.industry) for each in en], one.file

    def test_it_is_plain(self) -> None:
        measured = of_clauses([one.clause for one in read_folder(STARTER)])
        assert len(measured) == 36
        assert [one for one in measured if not one.is_plain] == []

    def test_every_label_with_a_clause_is_detected_there(self) -> None:
        clauses = [one.clause for one in read_folder(STARTER)]
        for label in LABELS.values():
            assert [one.id for one in clauses if one.detects(label.name)] == ([label.clause] if label.clause else []), label.name


class TestReading:
    def test_a_clause_is_read_whole(self, tmp_path: Path) -> None:
        [one] = read_folder(written(tmp_path))
        assert (one.clause.id, one.clause.reviewers, one.clause.detected_by) == ("POL-03", ("legal", "hr"), ("policy.undisclosed",))
        pl, en = one.clause.words["pl"], one.clause.words["en"]
        assert list(pl.paragraphs()) == [("Powiedz, gdzie pracujesz. To nic trudnego.",), ("- Jedno zdanie wystarczy.",)]
        assert en.examples == (
            Example(allowed=True, text='"I work at this bank", and then the facts.', industry="finance"),
            Example(allowed=False, text="To pose as a customer."),
        )
        assert (one.line("owner"), one.line("detected_by")) == (4, 8)

    def test_manual_is_a_word_of_its_own(self, tmp_path: Path) -> None:
        [one] = read_folder(written(tmp_path, GOOD.replace("[policy.undisclosed]", "manual")))
        assert one.clause.is_manual

    @pytest.mark.parametrize(
        ("was", "becomes", "told"),
        [
            ("---\nid", "id", "POL-03.md:1: front matter was expected"),
            ("---\n## Polski", "## Polski", "POL-03.md:1: front matter was expected"),
            ("owner: compliance\n", "", "POL-03.md:1: owner: is missing; an office was expected"),
            ("owner: compliance", "owner: [pr", "POL-03.md:5: the front matter is not YAML"),
            ("owner: compliance", "watcher: hr", "POL-03.md:5: watcher: stands here twice; keep one"),
            ("reviewers", "reviewer", "POL-03.md:6: reviewer: unknown key; did you mean 'reviewers'?"),
            ("reviewers: [legal, hr]", "reviewers: []", "POL-03.md:6: reviewers: offices were expected"),
            ("[personal]", "[private]", "POL-03.md:7: applies_to: some of official, personal and executive were expected"),
            ("[policy.undisclosed]", "[]", "POL-03.md:8: detected_by: labels were expected, such as [policy.insult], or the word manual"),
            ("id: POL-03", "id: disclosure", "POL-03.md:2: id: letters, a hyphen and a number were expected, such as POL-03"),
            ("## English", "## Deutsch", "POL-03.md:23: `## Deutsch`: `## Polski` or `## English` was expected"),
            ("## English", "## Polski", "POL-03.md:23: `## Polski` stands here twice"),
            ("### Allowed", "### Okay", "POL-03.md:27: `### Okay`: one of `### Wolno`"),
            ("(finance) „", "(banking) „", "POL-03.md:19: (banking): an industry was expected"),
            ("Say where", "<b>Say</b> where", "POL-03.md:25: '<b>Say</b> where you': the pages show paragraphs and lists"),
            ("- Udawać", "Udawać", "POL-03.md:21: an example was expected"),
        ],
    )
    def test_what_is_broken_is_refused_with_its_place(self, tmp_path: Path, was: str, becomes: str, told: str) -> None:
        assert was in GOOD
        with pytest.raises(ConfigError) as caught:
            read_folder(written(tmp_path, GOOD.replace(was, becomes, 1)))
        assert str(caught.value).count("POL-03.md:") == (2 if becomes == "reviewer" else 1), "one mistake, one fault"
        assert told in str(caught.value)

    def test_one_id_for_two_clauses_is_refused(self, tmp_path: Path) -> None:
        written(tmp_path)
        with pytest.raises(ConfigError, match=r"again\.md:2: id: POL-03 is taken by POL-03\.md; ids are permanent"):
            read_folder(written(tmp_path, name="again.md"))

    def test_every_fault_is_named_at_once(self, tmp_path: Path) -> None:
        written(tmp_path, GOOD.replace("owner: compliance\n", ""))
        written(tmp_path, "no front matter", "POL-04.md")
        (tmp_path / "POL-05.md").write_bytes(b"---\nid: \xff\n---\n")
        reads, problems = try_folder(tmp_path)
        assert (len(reads), [one.file for one in problems]) == (0, ["POL-03.md", "POL-04.md", "POL-05.md"])

    def test_without_a_folder_or_clauses_it_says_how_to_begin(self, tmp_path: Path) -> None:
        for folder in (tmp_path, tmp_path / "none"):
            with pytest.raises(ConfigError, match="czujka policy init"):
                read_folder(folder)

    def test_the_fingerprint_follows_the_content(self, tmp_path: Path) -> None:
        before = fingerprint(written(tmp_path))
        assert fingerprint(tmp_path) == before
        assert fingerprint(written(tmp_path, GOOD + "\n")) != before


class TestLint:
    def told(self, folder: Path, **changes: object) -> list[str]:
        return [str(problem) for problem in faults(read_folder(folder), around(**changes))]

    def test_a_good_clause_has_no_fault(self, tmp_path: Path) -> None:
        assert self.told(written(tmp_path)) == []

    @pytest.mark.parametrize(
        ("was", "becomes", "fault"),
        [
            ("watcher: compliance", "watcher: nobody", "POL-03.md:5: watcher: nobody holds the office 'nobody'"),
            ("[legal, hr]", "[legal, works-council]", "POL-03.md:6: reviewers: nobody holds the office 'works-council'"),
            ("policy.undisclosed", "policy.undisclozed", "there is no label 'policy.undisclozed'; did you mean 'policy.undisclosed'?"),
            (", en: Disclosure", "", "POL-03.md:3: title: the language 'en' is missing"),
            ('- (finance) "I work at this bank",\n  and then the facts.\n### Not allowed\n- To pose as a customer.\n', "", "no example in"),
        ],
    )
    def test_what_is_missing_is_named(self, tmp_path: Path, was: str, becomes: str, fault: str) -> None:
        assert was in GOOD
        [told] = self.told(written(tmp_path, GOOD.replace(was, becomes)))
        assert fault in told

    def test_a_language_that_people_read_must_be_there(self, tmp_path: Path) -> None:
        [told] = self.told(written(tmp_path, GOOD[: GOOD.index("## English")]))
        assert told == "POL-03.md:1: nothing is written in the language 'en'; add `## English` with the text"

    def test_a_rule_points_to_a_clause_that_is_there(self, tmp_path: Path) -> None:
        lost = Pointer(rule="policy.politics.party", label="policy.politics", clause="POL-05")
        none = Pointer(rule="policy.new", label="policy.new", clause="")
        told = self.told(written(tmp_path), rules=(lost, none))
        assert told == [
            "policy.new.yaml:1: a rule on the policy points to no clause; write `clause:` with one's id",
            "POL-05.md:1: there is no clause POL-05, but rules point to it (policy.politics.party); write it, or mend the rules",
        ]

    def test_a_label_belongs_to_the_clause_that_its_rule_names(self, tmp_path: Path) -> None:
        other = Pointer(rule="policy.undisclosed.praise", label="policy.undisclosed", clause="POL-04")
        assert "POL-03.md:8: detected_by: policy.undisclosed is detected by policy.undisclosed.praise, which points to POL-04" in " ".join(
            self.told(written(tmp_path), rules=(other,))
        )

    def test_a_clause_that_is_cited_may_not_go(self, tmp_path: Path) -> None:
        gone = clause(id="POL-04")
        assert self.told(written(tmp_path), before=(gone,), cited={}) == []
        [told] = self.told(written(tmp_path), before=(gone,), cited={"POL-04": 7})
        assert told == "POL-04.md:1: POL-04 is gone, but cited 7 times; keep the file and write `retired: true`"


class TestDifference:
    def test_nothing_differs_from_itself(self) -> None:
        assert changes((clause(),), (clause(),), "en") == ()
        assert changed((clause(),), (clause(),)) == ()

    def test_it_is_told_in_words(self) -> None:
        old = clause("Write within two days. Be polite.")
        new = clause("Write within one day. Be polite. Say thank you.", watcher="hr", detected_by=())
        assert [sentence(one, "en") for one in changes((old,), (new,), "en")] == [
            "POL-03 Respect is watched by hr instead of pr",
            "POL-03 Respect is detected by manual instead of policy.insult",
            "POL-03 Respect (en) says “Write within one day.” instead of “Write within two days.”",
            "POL-03 Respect (en) now also says “Say thank you.”",
        ]
        [first, *_] = changes((old,), (new,), "en")
        assert sentence(first, "pl") == "POL-03 Respect: sprawdza hr zamiast pr"

    def test_clauses_come_go_and_retire(self) -> None:
        two = clause(id="POL-04")
        told = changes((clause(), two), (clause(id="POL-05"), clause(id="POL-04", retired=True)), "en")
        assert [(one.clause, one.kind) for one in told] == [
            ("POL-03", Kind.REMOVED),
            ("POL-04", Kind.RETIRED),
            ("POL-05", Kind.ADDED),
        ]

    def test_a_sentence_that_shares_no_word_is_another_one(self) -> None:
        told = changes((clause("Dogs bark loudly."),), (clause("Cats sleep all day long."),), "en")
        assert [one.kind for one in told] == [Kind.SENTENCE_OUT, Kind.SENTENCE_IN]

    def test_a_changed_sentence_word_by_word(self) -> None:
        assert list(pieces("within two days", "within one day")) == [("same", "within"), ("out", "two days"), ("in", "one day")]


class TestReadability:
    def test_english_by_hand(self) -> None:
        """10 words, 40 letters, 2 sentences: 0.0588 · 400 − 0.296 · 20 − 15.8 = 1.8."""
        found = measure("x", "en", "Good dogs bark loud. Cats like fish then take naps.")
        assert (found.words, found.sentences, found.years) == (10, 2, 1.8)

    def test_polish_by_hand(self) -> None:
        """8 words in 2 sentences; one of them, „odpowiedzialność”, is hard: ½ √(4² + 12.5²) = 6.6."""
        found = measure("x", "pl", "Mamy psa i kota. Każdy niesie swoją odpowiedzialność.")
        assert (found.words, found.sentences, found.years) == (8, 2, 6.6)

    @pytest.mark.parametrize(("word", "count"), [("pies", 1), ("miasto", 2), ("radio", 2), ("ulica", 3), ("odpowiedzialność", 5)])
    def test_syllables(self, word: str, count: int) -> None:
        assert syllables(word) == count

    def test_a_word_counts_by_its_base_form(self) -> None:
        """„pracownikami” has five syllables, its base form „pracownik” three."""
        assert measure("x", "pl", "Rozmawiam z pracownikami.").years == measure("x", "pl", "Rozmawiam z psami.").years

    def test_officialese_is_not_plain(self) -> None:
        text = "Niezastosowanie się do niniejszych postanowień skutkuje pociągnięciem pracownika do odpowiedzialności dyscyplinarnej"
        assert not measure("x", "pl", text).is_plain


class TestVerbs:
    @pytest.fixture(autouse=True)
    def here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("CZUJKA_CONFIG", raising=False)
        monkeypatch.setenv("CZUJKA_HOME", str(tmp_path / "var"))

    def run(self, *words: str) -> tuple[int, str]:
        ran = CliRunner().invoke(cli, ["policy", *words])
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        return ran.exit_code, ran.output

    def test_init_writes_and_never_overwrites(self) -> None:
        code, said = self.run("init", "policy")
        assert code == 0
        assert '[[office]]\nid = "privacy"' in said
        assert len(list(Path("policy").glob("*.md"))) == 18
        with pytest.raises(ConfigError, match=r"POL-01\.md is here already"):
            self.run("init", "policy")

    def test_lint_says_by_its_exit_code_whether_all_is_well(self) -> None:
        self.run("init", "policy")
        code, said = self.run("lint", "policy")
        assert (code, "18 clauses, all is well" in said) == (0, True)
        Path("policy/POL-05.md").unlink()
        code, said = self.run("lint", "policy")
        assert (code, "policy/POL-05.md:1: there is no clause POL-05" in said) == (1, True)

    def test_diff_tells_two_folders_apart(self) -> None:
        self.run("init", "old")
        self.run("init", "new")
        path = Path("new/POL-02.md")
        path.write_text(path.read_text(encoding="utf-8").replace("watcher: pr", "watcher: hr"), encoding="utf-8")
        code, said = self.run("diff", "old", "new")
        assert (code, "POL-02 Who may speak for the company is watched by hr instead of pr" in said) == (0, True)

    def test_list_shows_every_clause(self) -> None:
        _, said = self.run("list", "--language", "pl")
        assert "POL-05  Polityka i religia" in said


def test_every_word_on_differences_is_in_polish() -> None:
    with (Path(difference.__file__).parent / "locale" / "pl.po").open("rb") as file:
        catalogue = read_po(file, locale="pl")
    for message in (difference.WHOLE, *SAID.values()):
        entry = catalogue.get(message)
        assert entry is not None, message
        assert entry.string, message
        assert set(re.findall(r"{\w+}", message)) == set(re.findall(r"{\w+}", str(entry.string))), message
    assert set(SAID) == set(Kind)
