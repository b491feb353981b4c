"""Every case beside every rule, and the faults that a pack file may have."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from classifiers.rules.cases import CASE_CONTEXT, Case, findings_of, read_cases
from classifiers.rules.engine import RuleEngine
from classifiers.rules.lint import lint, list_rules, run_cases
from classifiers.rules.pack import HOME, Rule, load_packs
from classifiers.taxonomy import CLAUSES, LABELS
from core.errors import ConfigError

_PACKS = load_packs()


def _cases(kind: str) -> Iterator[object]:
    for rule in _PACKS.rules:
        for number, case in enumerate(getattr(read_cases(_PACKS.files[rule.id]), kind)):
            yield pytest.param(rule, case, id=f"{rule.id}-{number}")


@pytest.fixture(scope="module")
def engine() -> RuleEngine:
    return RuleEngine(_PACKS, CASE_CONTEXT)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the packs that a test may spoil."""
    copytree(HOME / "packs", tmp_path / "packs")
    copytree(HOME / "lists", tmp_path / "lists")
    return tmp_path


@pytest.mark.parametrize(("rule", "case"), list(_cases("fires")))
def test_must_fire(engine: RuleEngine, rule: Rule, case: Case) -> None:
    found = findings_of(engine, rule, case)
    assert any(finding.label == rule.label and case.severity in (None, finding.severity) for finding in found), (case.text, found)


@pytest.mark.parametrize(("rule", "case"), list(_cases("quiet")))
def test_must_stay_quiet(engine: RuleEngine, rule: Rule, case: Case) -> None:
    found = findings_of(engine, rule, case)
    assert rule.label not in {finding.label for finding in found}, (case.text, found)


def test_every_label_has_a_live_rule() -> None:
    assert {rule.label for rule in list_rules() if rule.status == "live"} == set(LABELS)


def test_every_label_points_to_a_starter_clause_where_it_points_anywhere() -> None:
    assert {label.clause for label in LABELS.values() if label.clause} <= set(CLAUSES)


def test_packs_are_clean() -> None:
    assert lint() == []


def test_a_case_that_goes_wrong_is_named(home: Path) -> None:
    path = home / "packs/crisis/crisis.boycott.call.cases.yaml"
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    body["fires"][0] = {"pl": "Polna ma dziś urodziny"}
    path.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    failures = run_cases(home)
    assert [(failure.rule, failure.kind) for failure in failures] == [("crisis.boycott.call", "fires")]
    assert "Polna ma dziś urodziny" in str(failures[0])


def _spoil(home: Path, **changes: object) -> None:
    path = home / "packs/leak/leak.codename.full.yaml"
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    body.update(changes)
    path.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"label": "leak.nothing"}, "label"),
        ({"any": [{"patterns": [{"regex": "(?=a)b"}]}]}, "any.0.patterns.0.regex"),
        ({"any": [{"patterns": [{"regex": "a", "validator": "luck"}]}]}, "any.0.patterns.0.validator"),
        ({"any": [{"lists": ["nowhere"]}]}, "nowhere"),
        ({"any": []}, "can never fire"),
        ({"id": "leak.codename.other"}, "must be the file's name"),
        ({"version": 0}, "version"),
        ({"status": "maybe"}, "status"),
    ],
)
def test_a_fault_names_file_and_key(home: Path, changes: dict[str, object], named: str) -> None:
    _spoil(home, **changes)
    with pytest.raises(ConfigError) as raised:
        load_packs(home)
    assert "leak.codename.full.yaml" in str(raised.value)
    assert named in str(raised.value)


def test_the_same_id_twice_names_both_files(home: Path) -> None:
    original = home / "packs/leak/leak.codename.full.yaml"
    (home / "packs/zebra").mkdir()
    (home / "packs/zebra/leak.codename.full.yaml").write_text(original.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ConfigError, match="already used"):
        load_packs(home)


def test_broken_yaml_names_the_file(home: Path) -> None:
    (home / "packs/leak/leak.codename.full.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"leak\.codename\.full\.yaml"):
        load_packs(home)


def test_lint_counts_cases(home: Path) -> None:
    path = home / "packs/policy/policy.politics.party.cases.yaml"
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    body["quiet"] = body["quiet"][:3]
    path.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    assert "policy.politics.party.cases.yaml: quiet: 3 cases, at least 8 are needed" in lint(home)


def test_lint_wants_both_languages_that_a_rule_speaks(home: Path) -> None:
    faults = _lint_without(home, "policy.politics.party", lambda case: "en" in case)
    line = "policy.politics.party.cases.yaml: {}: 0 cases in en, at least 3 are needed in each language the rule speaks"
    assert {line.format("fires"), line.format("quiet")} <= set(faults)


def test_lint_wants_both_languages_around_a_pattern_too(home: Path) -> None:
    faults = _lint_without(home, "leak.pii.nip", lambda case: "pl" in case)
    assert any(fault.startswith("leak.pii.nip.cases.yaml: fires: 0 cases in pl") for fault in faults)


@pytest.mark.parametrize(
    ("text", "merely"), [("Found online, photo from Google!", True), ("Found online by my aunt, photo from Google", False)]
)
def test_lint_refuses_a_case_that_merely_lists_the_rules_terms(home: Path, text: str, merely: bool) -> None:
    path = home / "packs/policy/policy.copyright.taken.cases.yaml"
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    body["fires"].append({"en": text})
    path.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    told = f"policy.copyright.taken.cases.yaml: {text!r} merely lists the rule's own terms; write it as people do"
    assert (told in lint(home)) is merely


def _lint_without(home: Path, rule: str, left_out: Callable[[dict[str, object]], bool]) -> list[str]:
    """What lint says once some of a rule's cases are gone."""
    [path] = (home / "packs").glob(f"*/{rule}.cases.yaml")
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    kept = {kind: [case for case in cases if not left_out(case)] for kind, cases in body.items()}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return lint(home)


def test_draft_rules_are_silent_and_trial_rules_unreported(home: Path) -> None:
    text = Case(pl="co to jest Projekcie Bursztyn?")
    rule = next(rule for rule in _PACKS.rules if rule.id == "leak.codename.full")
    _spoil(home, status="trial")
    trial = findings_of(RuleEngine(load_packs(home), CASE_CONTEXT), rule, text)
    assert [(finding.label, finding.reported) for finding in trial] == [("leak.codename", False)]
    _spoil(home, status="draft")
    assert findings_of(RuleEngine(load_packs(home), CASE_CONTEXT), rule, text) == ()


def test_version_follows_packs_and_configuration(home: Path) -> None:
    before = RuleEngine(load_packs(home), CASE_CONTEXT).version
    assert RuleEngine(load_packs(home), CASE_CONTEXT).version == before
    _spoil(home, version=9)
    assert RuleEngine(load_packs(home), CASE_CONTEXT).version != before
