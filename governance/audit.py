"""Is the audit whole? Decides over the chain, the pseudonyms and the heads that were exported before."""

import re
from collections.abc import Iterable, Iterator, Sequence

from core.chain import ERASED, GENESIS, PSEUDONYM, Alias, Head, Link, chained

MOST_FAULTS = 20


def faults(links: Iterable[Link], aliases: Sequence[Alias], heads: Sequence[Head]) -> list[str]:
    """What shows that the audit was tampered with, at most the first twenty; nothing while it is whole.

    The chain alone cannot show what was rewritten together with all later hashes, nor that its tail was cut: the heads can.
    """
    walk = _Walk(heads)
    found = [fault for link in links for fault in walk.step(link)]
    found += [*walk.cut(), *_untrue(aliases), *walk.forgotten({one.pseudonym for one in aliases})]
    return found[:MOST_FAULTS]


class _Walk:
    """One pass over the chain, which may be long: only the pseudonyms that were met are remembered."""

    def __init__(self, heads: Sequence[Head]) -> None:
        self._heads = {(head.line_id, head.hash): head for head in heads}
        self._waiting = dict(self._heads)
        self._before, self._last = GENESIS, 0
        self._met: dict[str, int] = {}
        self._erased: set[str] = set()

    def step(self, link: Link) -> Iterator[str]:
        """The faults of one line."""
        line = link.line
        if line.line_id != self._last + 1:
            yield f"line {self._last + 1} is missing: {line.line_id} follows {self._last}"
        if chained(self._before, line) != link.hash:
            yield f"line {line.line_id} of {line.at:%Y-%m-%d %H:%M:%S} UTC is not what was written, or does not follow the line before it"
        self._waiting.pop((line.line_id, link.hash), None)
        self._before, self._last = link.hash, line.line_id
        for met in PSEUDONYM.findall(f"{line.actor} {line.subject}"):
            self._met.setdefault(met, line.line_id)
        if line.act == ERASED:
            self._erased.update(PSEUDONYM.findall(line.subject))

    def cut(self) -> Iterator[str]:
        """Heads that the chain does not hold: it ends before them, or says something else."""
        for (line_id, _), head in sorted(self._waiting.items()):
            if line_id == 0 and head.hash == GENESIS:
                continue
            exported = f"the head exported at {head.at:%Y-%m-%d %H:%M:%S} UTC"
            if line_id > self._last:
                yield f"the end is cut off: {exported} is line {line_id}, and the last one here is {self._last}"
            else:
                yield f"what stands up to line {line_id} was rewritten: {exported} has another hash"

    def forgotten(self, known: set[str]) -> Iterator[str]:
        """Pseudonyms of nobody, without a line that says who erased them."""
        for met, line_id in self._met.items():
            if met not in known and met not in self._erased:
                yield f"nobody knows whom {met} in line {line_id} stands for, and no erasure is written down"


def _untrue(aliases: Sequence[Alias]) -> Iterator[str]:
    for one in aliases:
        if not _is_sound(one):
            yield f"{one.pseudonym} was not made for {one.name!r}: the name or its key was changed"


def _is_sound(one: Alias) -> bool:
    return re.fullmatch("(?:[0-9a-f]{2})+", one.key) is not None and one.is_true()
