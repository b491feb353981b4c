"""Writes to platforms: one file per platform that can, each with `Writer`, found by `writer_for(source)`.

`collector.answers.writing` says what a writer is.
"""

import importlib
import pkgutil

from collector.answers.writing import Writer
from core.settings import SourceSettings

__all__ = ["Writer", "writer_for"]

_PLATFORMS = frozenset(found.name for found in pkgutil.iter_modules(__path__)) - {"writing"}


def writer_for(source: SourceSettings) -> Writer | None:
    """What writes for this source, None where its platform, or its way of reading, cannot."""
    if source.kind not in _PLATFORMS:
        return None
    found: Writer | None = importlib.import_module(f"{__name__}.{source.kind}").writer(source)
    return found
