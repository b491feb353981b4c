"""What people do for somebody who asks: show all that is kept about them, or erase it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from actions.erased import note
from actions.leftovers import Leftover, left_over, mails, remove
from core.accounts import AuditLine
from core.errors import NotFound, Refused
from core.forgetting import Erased, Somebody, Traces, words_of
from core.settings import Settings
from storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure took out, or would take out: rows of the database, mails in folders; and what it cannot reach."""

    erased: Erased
    mails: tuple[Path, ...]
    left: tuple[Leftover, ...]


def erase(
    store: Store,
    settings: Settings,
    author: str | None,
    platform: str | None,
    also: Sequence[str],
    actor: str,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Erasure:
    """Erase an author, on one platform or wherever they are called so, and every mention of the words in `also`; a person of the company
    by their id, name and addresses in `also`.

    The old bytes go from the database's files too, which takes a while. Raises NotFound: nobody is called so; Refused: a person who
    still stands in the configuration.
    """
    people = _found(store, author, platform, also)
    _not_configured(settings, also)
    erased = store.erasing.erase(people, (*also, *([author] if author else [])), actor, now, dry_run=dry_run)
    traces = Traces(words=words_of(people, (*also, *([author] if author else []))), pseudonym=erased.pseudonym)
    naming = mails(settings, traces)
    if not dry_run:
        note(settings, people, (*also, *([author] if author else [])), erased.pseudonym, now)
        remove(naming)
        store.erasing.settle()
    return Erasure(erased=erased, mails=tuple(naming), left=tuple(left_over(settings, traces)))


def export(
    store: Store, settings: Settings, author: str | None, platform: str | None, also: Sequence[str], actor: str, now: datetime
) -> dict[str, Any]:
    """All that is kept about an author, to be given to them; that it was asked for stands in the audit. Raises NotFound."""
    people = _found(store, author, platform, also)
    words = words_of(people, (*also, *([author] if author else [])))
    store.accounts.write_down(AuditLine(at=now, actor=actor, act="privacy_exported", subject=f"{len(people)} accounts"))
    traces = Traces(words=words, pseudonym="~")
    ids = [number for one in people for number in store.erasing.items_of(one)]
    posts = [asdict(one) for start in range(0, len(ids), 200) for one in store.items.several(ids[start : start + 200])]
    return {
        "made_at": now,
        "authors": [asdict(one) for one in people],
        "posts": posts,
        "named_in": store.erasing.named(words),
        "files": [str(file) for file in mails(settings, traces)] + [str(one.file) for one in left_over(settings, traces)],
    }


def _found(store: Store, author: str | None, platform: str | None, also: Sequence[str]) -> tuple[Somebody, ...]:
    if not author and not any(word.strip() for word in also):
        raise Refused("an author, or other words that lead to the person, were expected")
    people = tuple(store.erasing.who(author, platform)) if author else ()
    words = words_of(people, (*also, *([author] if author else [])))
    if not people and not store.erasing.named(words, 1):
        raise NotFound(f"nothing here names {author or ', '.join(also)!r}")
    return people


def _not_configured(settings: Settings, also: Sequence[str]) -> None:
    """The configuration would bring them back at the next start."""
    for one in settings.person:
        if one.id in also:
            raise Refused(f"{one.id!r} still stands in the configuration; take the person out there first, then erase what is left")
