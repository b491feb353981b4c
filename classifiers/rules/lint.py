"""What people ask of the packs: list them, run their cases, look for faults, write their reference page."""

from collections.abc import Iterator
from pathlib import Path

from classifiers.rules.cases import CASE_CONTEXT, Case, CaseFailure, CaseFile, case_path, read_cases
from classifiers.rules.cases import run_cases as run_all
from classifiers.rules.engine import RuleEngine
from classifiers.rules.pack import HOME, Packs, Rule, every_mood, every_words, load_packs
from classifiers.taxonomy import LABELS
from core.errors import ConfigError

MIN_CASES = 8
MIN_REASONED = 4
"""So many quiet cases say by `why` what they are instead: they come from the taxonomy's "it is not"."""
MIN_OF_A_LANGUAGE = 3
MAX_OVERLAP = 0.5


def list_rules(home: Path = HOME) -> list[Rule]:
    """All rules by id. Raises ConfigError when a pack cannot be read."""
    return sorted(load_packs(home).rules, key=lambda rule: rule.id)


def run_cases(home: Path = HOME) -> list[CaseFailure]:
    """Run every case file; what went wrong."""
    packs = load_packs(home)
    return run_all(packs, RuleEngine(packs, CASE_CONTEXT))


def lint(home: Path = HOME) -> list[str]:
    """Faults that would not stop a pack from loading, one line each with the file's name."""
    packs = load_packs(home)
    faults = [fault for rule in packs.rules for fault in _lint_rule(rule, packs)]
    covered = {rule.label for rule in packs.rules}
    faults += [f"taxonomy: no rule speaks of {label}" for label in LABELS if label not in covered]
    used = {name for rule in packs.rules for words in every_words(rule) for name in words.lists}
    used |= {name for rule in packs.rules for mood in every_mood(rule) for name in mood.or_lists} | _BY_ENGINE
    return faults + [f"lists/{name}.yaml: no rule uses it" for name in sorted(set(packs.lists) - used)]


_BY_ENGINE = {"negators", "you", "oneself", "third_person", "couriers", "other_companies"}


def _lint_rule(rule: Rule, packs: Packs) -> Iterator[str]:
    path = packs.files[rule.id]
    try:
        cases = read_cases(path)
    except ConfigError as error:
        yield str(error)
        return
    name = case_path(path).name
    for kind, given in (("fires", cases.fires), ("quiet", cases.quiet)):
        if len(given) < MIN_CASES:
            yield f"{name}: {kind}: {len(given)} cases, at least {MIN_CASES} are needed"
    if sum(bool(case.why) for case in cases.quiet) < MIN_REASONED:
        yield f"{name}: quiet: at least {MIN_REASONED} cases must say why"
    yield from _languages(name, rule, cases)
    yield from _mere_lists(name, rule, cases)
    yield from _overlaps(name, (*cases.fires, *cases.quiet))
    for words in every_words(rule):
        for term in (term for terms in words.terms.values() for term in terms):
            if "*" in term[:-1] and not term.startswith("="):
                yield f"{path.name}: term {term!r}: `*` may only stand at the end"


def _languages(name: str, rule: Rule, cases: CaseFile) -> Iterator[str]:
    """A rule that speaks two languages is tried in both; one of patterns alone speaks whatever stands around them."""
    spoken = {lang for condition in rule.any for lang in condition.terms} or {"pl", "en"}
    for kind, given in (("fires", cases.fires), ("quiet", cases.quiet)):
        for lang in sorted(spoken):
            count = sum(case.lang == lang for case in given)
            if count < MIN_OF_A_LANGUAGE:
                yield f"{name}: {kind}: {count} cases in {lang}, at least {MIN_OF_A_LANGUAGE} are needed in each language the rule speaks"


def _mere_lists(name: str, rule: Rule, cases: CaseFile) -> Iterator[str]:
    """A case of nothing but the rule's own terms shows that the terms are spelt alike, not that people write so."""
    if rule.author:
        return
    for case in (*cases.fires, *cases.quiet):
        terms = {_words(term) for condition in rule.any for term in condition.terms.get(case.lang, ())}
        rest = _words(case.text)
        for term in sorted(terms - {" "}, key=len, reverse=True):
            rest = rest.replace(term, " ")
        if terms and not rest.strip():
            yield f"{name}: {case.text!r} merely lists the rule's own terms; write it as people do"


def _words(text: str) -> str:
    """The words alone, a space before, between and behind them."""
    return " " + " ".join("".join(char if char.isalnum() else " " for char in text.lower()).split()) + " "


def _overlaps(name: str, cases: tuple[Case, ...]) -> Iterator[str]:
    """Two cases that share half their words test the same thing twice."""
    bags = [(case.text, set(case.text.lower().split())) for case in cases]
    for index, (text, words) in enumerate(bags):
        for other, others in bags[:index]:
            if len(words & others) > MAX_OVERLAP * len(words | others):
                yield f"{name}: nearly the same case twice: {other!r} and {text!r}"


def reference_markdown(home: Path = HOME) -> str:
    """The reference page of all rules, as it is committed in docs/reference/rules.md."""
    lines = [
        "# Rules",
        "",
        "Generated from the packs in `classifiers/rules/packs`; `czujka rules list` prints the same.",
        "",
        "| rule | label | severity | status | voices | clause | why it fires |",
        "|---|---|---|---|---|---|---|",
    ]
    for rule in list_rules(home):
        label = LABELS[rule.label]
        voices = ", ".join(rule.voices or label.voices)
        severity = rule.severity or label.severity
        clause = rule.clause or label.clause or "–"
        lines.append(f"| `{rule.detector}` | `{rule.label}` | {severity} | {_status(rule)} | {voices} | {clause} | {rule.because.en} |")
    return "\n".join(lines) + "\n"


def _status(rule: Rule) -> str:
    return rule.status if rule.industry is None else f"{rule.status}, {rule.industry}"
