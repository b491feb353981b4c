"""Who speaks: decided from the author where the source names our accounts, else from where the item stands."""

from collections.abc import Iterable

from core.types import Author, ItemKind, Scope, Voice

_ANSWERS = frozenset({ItemKind.COMMENT, ItemKind.REVIEW, ItemKind.MESSAGE})


def is_ours(author: Author, ours: Iterable[str]) -> bool:
    """Whether the author's id, handle or name is one of `ours` (ids or handles, with or without @, in any case)."""
    names = {_bare(name) for name in (author.id, author.handle, author.name)} - {""}
    return any(_bare(name) in names for name in ours)


def voice_of(author: Author, ours: Iterable[str], scope: Scope, kind: ItemKind, parent_id: str | None) -> Voice:
    """The voice of an item whose platform does not say it.

    With `ours` and a known author the author decides. Otherwise the scope: a portal's visitors are staff; an official or an
    employee's account speaks in its posts, while what answers them is the public's; mentions are the public's.
    """
    ours = tuple(ours)
    if ours and (author.id or author.handle or author.name):
        return Voice.OURS if is_ours(author, ours) else Voice.PUBLIC
    if scope is Scope.PORTAL:
        return Voice.OURS
    answers = parent_id is not None or kind in _ANSWERS
    return Voice.OURS if scope in {Scope.OFFICIAL, Scope.EMPLOYEE} and not answers else Voice.PUBLIC


def _bare(name: str) -> str:
    return name.strip().lstrip("@").casefold()
