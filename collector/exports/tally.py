"""Counts rows that are alike, so that rows without an id get one that is the same at every reading."""

from collections import OrderedDict
from hashlib import sha256

from core.types import Json


class Tally:
    """How often each row was seen in this file. `keep` bounds what is remembered; without it, all of the file is.

    About 100 bytes for each different row without an id.
    """

    def __init__(self, keep: int | None = None, seen: Json | None = None) -> None:
        self._keep = keep
        self._seen: OrderedDict[int, int] = OrderedDict((int(key, 16), count) for key, count in (seen or {}).items())

    def identify(self, *parts: str) -> str:
        """An id from the content, with the number of its occurrence from the second one on."""
        digest = sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:24]
        key = int(digest[:12], 16)
        count = self._seen.pop(key, 0)
        self._seen[key] = count + 1
        if self._keep is not None and len(self._seen) > self._keep:
            self._seen.popitem(last=False)
        return f"row-{digest}" if count == 0 else f"row-{digest}-{count + 1}"

    def as_json(self) -> Json:
        """What to give as `seen` to go on counting."""
        return {f"{key:x}": count for key, count in self._seen.items()}
