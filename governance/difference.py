"""How two versions of a policy differ, in words: clause by clause, sentence by sentence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path

from core.i18n import words
from core.policy import Clause, Example

ROOM = Path(__file__).resolve().parent
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_ALIKE = 0.4


class Kind(StrEnum):
    """What changed."""

    ADDED = "added"
    REMOVED = "removed"
    RETIRED = "retired"
    REVIVED = "revived"
    TITLE = "title"
    OWNER = "owner"
    WATCHER = "watcher"
    REVIEWERS = "reviewers"
    APPLIES = "applies"
    DETECTED = "detected"
    CONSEQUENCE = "consequence"
    SCALE = "scale"
    SENTENCE = "sentence"
    SENTENCE_IN = "sentence_in"
    SENTENCE_OUT = "sentence_out"
    EXAMPLE_IN = "example_in"
    EXAMPLE_OUT = "example_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. `language` is '' for what holds in both."""

    clause: str
    title: str
    kind: Kind
    language: str = ""
    before: str = ""
    after: str = ""


def msg(message: str) -> str:
    """Marks a message that is said later, so that the catalogue has it."""
    return message


WHOLE = msg("{clause} {what}")
SAID = {
    Kind.ADDED: msg("is new"),
    Kind.REMOVED: msg("is gone"),
    Kind.RETIRED: msg("no longer binds"),
    Kind.REVIVED: msg("binds again"),
    Kind.TITLE: msg("is called “{after}” instead of “{before}”"),
    Kind.OWNER: msg("belongs to {after} instead of {before}"),
    Kind.WATCHER: msg("is watched by {after} instead of {before}"),
    Kind.REVIEWERS: msg("is reviewed by {after} instead of {before}"),
    Kind.APPLIES: msg("applies to {after} instead of {before}"),
    Kind.DETECTED: msg("is detected by {after} instead of {before}"),
    Kind.CONSEQUENCE: msg("has another consequence: “{after}” instead of “{before}”"),
    Kind.SCALE: msg("may be followed by {after} instead of {before}"),
    Kind.SENTENCE: msg("says “{after}” instead of “{before}”"),
    Kind.SENTENCE_IN: msg("now also says “{after}”"),
    Kind.SENTENCE_OUT: msg("no longer says “{before}”"),
    Kind.EXAMPLE_IN: msg("has a new example, {after}"),
    Kind.EXAMPLE_OUT: msg("has lost an example, {before}"),
}


def sentence(change: Change, language: str) -> str:
    """A change in the reader's words: "POL-03 Disclosure is watched by pr instead of hr". Wordings stay in the language they changed in."""
    room = words(ROOM, language)
    where = f" ({change.language})" if change.language else ""
    what = room.say(SAID[change.kind], before=change.before, after=change.after)
    return room.say(WHOLE, clause=f"{change.clause} {change.title}{where}", what=what)


def changes(before: Sequence[Clause], after: Sequence[Clause], language: str) -> tuple[Change, ...]:
    """Every difference, in the order of the clauses' ids; titles are in `language`."""
    old, new = ({one.id: one for one in clauses} for clauses in (before, after))
    return tuple(change for name in sorted({*old, *new}) for change in _of_clause(old.get(name), new.get(name), language))


def changed(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[str, ...]:
    """The ids of clauses that differ at all."""
    old, new = ({one.id: one for one in clauses} for clauses in (before, after))
    return tuple(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _of_clause(old: Clause | None, new: Clause | None, language: str) -> Iterator[Change]:
    one = new or old
    assert one is not None  # noqa: S101 an id is of one of the two
    name, title = one.id, one.wording(language).title
    if old is None or new is None:
        yield Change(clause=name, title=title, kind=Kind.ADDED if old is None else Kind.REMOVED)
        return
    if old.retired is not new.retired:
        yield Change(clause=name, title=title, kind=Kind.RETIRED if new.retired else Kind.REVIVED)
    for kind, was, now in _fields(old, new):
        if was != now:
            yield Change(clause=name, title=title, kind=kind, before=was, after=now)
    for tongue in sorted({*old.words, *new.words}):
        for kind, was, now in _wordings(old, new, tongue):
            yield Change(clause=name, title=title, kind=kind, language=tongue, before=was, after=now)


def _fields(old: Clause, new: Clause) -> Iterator[tuple[Kind, str, str]]:
    yield Kind.OWNER, old.owner, new.owner
    yield Kind.WATCHER, old.watcher, new.watcher
    yield Kind.REVIEWERS, ", ".join(old.reviewers), ", ".join(new.reviewers)
    yield Kind.APPLIES, ", ".join(old.applies_to), ", ".join(new.applies_to)
    yield Kind.DETECTED, ", ".join(old.detected_by) or "manual", ", ".join(new.detected_by) or "manual"
    yield Kind.SCALE, ", ".join(old.scale) or "*", ", ".join(new.scale) or "*"


def _wordings(old: Clause, new: Clause, language: str) -> Iterator[tuple[Kind, str, str]]:
    was, now = old.words.get(language), new.words.get(language)
    if was and now and was.title != now.title:
        yield Kind.TITLE, was.title, now.title
    yield from _sentences(was.text if was else "", now.text if now else "")
    if was and now and was.consequence != now.consequence:
        yield Kind.CONSEQUENCE, was.consequence, now.consequence
    before, after = was.examples if was else (), now.examples if now else ()
    yield from ((Kind.EXAMPLE_OUT, _shown(one), "") for one in before if one not in after)
    yield from ((Kind.EXAMPLE_IN, "", _shown(one)) for one in after if one not in before)


def _shown(one: Example) -> str:
    return f"{'+' if one.allowed else '−'} {f'({one.industry}) ' if one.industry else ''}“{one.text}”"


def _sentences(before: str, after: str) -> Iterator[tuple[Kind, str, str]]:
    """Sentences that came, went, or read otherwise; two that stand in each other's place and share words are one that changed."""
    old, new = ([" ".join(part.split()) for part in _SENTENCE.split(text) if part.strip()] for text in (before, after))
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            continue
        gone, come = list(old[a:b]), list(new[c:d])
        while gone and come and _alike(gone[0], come[0]):
            yield Kind.SENTENCE, gone.pop(0), come.pop(0)
        yield from ((Kind.SENTENCE_OUT, one, "") for one in gone)
        yield from ((Kind.SENTENCE_IN, "", one) for one in come)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio() >= _ALIKE


def pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    """A changed sentence word by word: ("same" | "out" | "in", words)."""
    old, new = before.split(), after.split()
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            yield "same", " ".join(old[a:b])
            continue
        if a < b:
            yield "out", " ".join(old[a:b])
        if c < d:
            yield "in", " ".join(new[c:d])
