"""Looks for what is missing in a policy that can be read: an office that nobody holds, a language, an example, a detector; a rule of the
packs whose clause is not there; a clause that went away though findings cite it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from core.policy import Clause
from governance.clauses import Problem, Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A rule of the packs and the clause that it points to, '' if to none."""

    rule: str
    label: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a policy must fit: who holds which office, in which languages people read, what detects, what cites.

    `before` are the clauses in force; `cited` counts what cites each clause, `cases` the cases that do.
    """

    offices: Mapping[str, Sequence[str]]
    languages: Sequence[str]
    labels: Sequence[str]
    rules: Sequence[Pointer]
    before: Sequence[Clause] = ()
    cited: Mapping[str, int] | None = None
    cases: Mapping[str, int] | None = None


def faults(reads: Sequence[Read], around: Surroundings) -> list[Problem]:
    """Every fault with file and line; what speaks of no file speaks of the folder's first."""
    found = [problem for one in reads for problem in _of_clause(one, around)]
    return [*found, *_orphans(reads, around), *_gone(reads, around), *_in_cases(reads, around)]


def _of_clause(one: Read, around: Surroundings) -> Iterator[Problem]:
    yield from _offices(one, around)
    yield from _words(one, around)
    for label in one.clause.detected_by:
        if not any(known == label or known.startswith(f"{label}.") for known in around.labels):
            near = get_close_matches(label, around.labels, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "docs/reference/labels.md lists them; write manual if a person watches"
            yield Problem(one.file, one.line("detected_by"), f"detected_by: there is no label {label!r}; {hint}")
    for rule in around.rules:
        if rule.clause and rule.clause != one.clause.id and one.clause.detects(rule.label):
            what = f"detected_by: {rule.label} is detected by {rule.rule}, which points to {rule.clause}; let both name one clause"
            yield Problem(one.file, one.line("detected_by"), what)


def _offices(one: Read, around: Surroundings) -> Iterator[Problem]:
    clause = one.clause
    named = [("owner", clause.owner), ("watcher", clause.watcher), *(("reviewers", office) for office in clause.reviewers)]
    for key, office in named:
        if not around.offices.get(office):
            what = f'{key}: nobody holds the office {office!r}; name its people in czujka.toml: [[office]] id = "{office}"'
            yield Problem(one.file, one.line(key), what)


def _words(one: Read, around: Surroundings) -> Iterator[Problem]:
    for language in around.languages:
        wording = one.clause.words.get(language)
        if wording is None or not wording.text:
            heading = "## Polski" if language == "pl" else "## English"
            yield Problem(one.file, 1, f"nothing is written in the language {language!r}; add `{heading}` with the text")
            continue
        for key, text in (("title", wording.title), ("consequence", wording.consequence)):
            if not text:
                yield Problem(one.file, one.line(key), f"{key}: the language {language!r} is missing; add it")
        if not wording.examples and not one.clause.retired:
            yield Problem(one.file, 1, f"no example in the language {language!r}; say what is allowed and what is not")


def _orphans(reads: Sequence[Read], around: Surroundings) -> Iterator[Problem]:
    ids = {one.clause.id for one in reads}
    for rule in around.rules:
        if rule.label.startswith("policy.") and not rule.clause:
            yield Problem(f"{rule.rule}.yaml", 1, "a rule on the policy points to no clause; write `clause:` with one's id")
    missing: dict[str, list[str]] = {}
    for rule in around.rules:
        if rule.clause and rule.clause not in ids:
            missing.setdefault(rule.clause, []).append(rule.rule)
    for clause, rules in sorted(missing.items()):
        shown = ", ".join(rules[:3]) + (" …" if len(rules) > 3 else "")
        yield Problem(f"{clause}.md", 1, f"there is no clause {clause}, but rules point to it ({shown}); write it, or mend the rules")


def _gone(reads: Sequence[Read], around: Surroundings) -> Iterator[Problem]:
    ids = {one.clause.id for one in reads}
    for clause in around.before:
        cited = (around.cited or {}).get(clause.id, 0)
        if clause.id not in ids and cited:
            what = f"{clause.id} is gone, but cited {cited} {'time' if cited == 1 else 'times'}; keep the file and write `retired: true`"
            yield Problem(f"{clause.id}.md", 1, what)


def _in_cases(reads: Sequence[Read], around: Surroundings) -> Iterator[Problem]:
    """How many cases cite a clause that went away, and nothing else of them."""
    ids = {one.clause.id for one in reads}
    for clause, cases in sorted((around.cases or {}).items()):
        if clause not in ids:
            what = (
                f"{clause} is gone, but {cases} {'case cites' if cases == 1 else 'cases cite'} it; keep the file and write `retired: true`"
            )
            yield Problem(f"{clause}.md", 1, what)
