"""Posts as the pages show them."""

from collections.abc import Sequence
from typing import Any

from core.records import EvidenceItem
from web.api import models
from web.evidence import show


def posts_of(items: Sequence[EvidenceItem]) -> list[models.Post]:
    """Posts as the pages show them: personal data and secrets are dots."""
    return [models.Post.model_validate(_Masked(item), from_attributes=True) for item in items]


class _Masked:
    """An item whose text is what a page shows. Of what is masked the hash is not told either: a number could be guessed from it."""

    def __init__(self, item: EvidenceItem) -> None:
        self._item = item
        shown = show(item, limit=None)
        self.text = "".join(piece.text for piece in shown.pieces)
        self.hash = None if shown.masked else item.hash

    def __getattr__(self, name: str) -> Any:
        return getattr(self._item, name)
