"""What was given already: a window of ids and fingerprints, kept in the cursor.

Pages overlap, shift while they are read, and come in no order that can be trusted. So a collector asks for a little more than it
needs and passes on what this window has not seen, or has seen with another text.
"""

import hashlib
from collections.abc import Iterable, Sequence

from core.types import Item

WINDOW = 2000


def unseen(items: Iterable[Item], seen: object, limit: int = WINDOW) -> tuple[tuple[Item, ...], list[str]]:
    """The items not given before, or changed since; and the window to keep in the cursor (a list, oldest first, at most `limit`).

    `seen` is the window of the last cursor; anything else counts as empty.
    """
    window = dict(entry.split(":", 1) for entry in seen if isinstance(entry, str) and ":" in entry) if isinstance(seen, list) else {}
    fresh: list[Item] = []
    for item in items:
        key, mark = _digest(item.external_id, 8), _digest("\0".join(_content(item)), 5)
        if window.pop(key, None) != mark:
            fresh.append(item)
        window[key] = mark
    return tuple(fresh), [f"{key}:{mark}" for key, mark in window.items()][-limit:]


def _content(item: Item) -> Sequence[str]:
    return item.title, item.text, *(attachment.url for attachment in item.attachments)


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=size).hexdigest()
