"""Writes to platforms: one file per platform that can, each with `writer(source)`, `NEEDS` and `RIGHTS`, found by `writer_for(source)`.

`collector.answers.writing` says what a writer is; `NEEDS` are the keys without which a source of that platform only reads, `RIGHTS` the
scopes of its token, as the platform names them, for each thing that can be done.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType

from collector.answers.writing import Writer
from core.replies import ReplyKind
from core.settings import SourceSettings

__all__ = ["PLATFORMS", "Writer", "needs_of", "rights_of", "why_not", "writer_for"]

PLATFORMS = tuple(sorted({found.name for found in pkgutil.iter_modules(__path__)} - {"writing"}))


def writer_for(source: SourceSettings) -> Writer | None:
    """What writes for this source, None where its platform, or its way of reading, cannot."""
    if source.kind not in PLATFORMS:
        return None
    found: Writer | None = _module(source.kind).writer(source)
    return found


def why_not(source: SourceSettings) -> str | None:
    """Why nothing can be answered by this source, and what to do about it; None where it can."""
    if writer_for(source) is not None:
        return None
    if source.kind not in PLATFORMS:
        return f"{source.kind!r} cannot be answered from here; what can: {', '.join(PLATFORMS)}"
    return f"{source.kind!r} is answered only with {needs_of(source.kind)}"


def needs_of(kind: str) -> str:
    """Without which keys does a source of this platform only read?"""
    return str(_module(kind).NEEDS)


def rights_of(kind: str) -> Mapping[ReplyKind, str]:
    """Which scopes does each thing that can be done on this platform need? Empty where nothing can."""
    found: Mapping[ReplyKind, str] = _module(kind).RIGHTS if kind in PLATFORMS else {}
    return found


def _module(kind: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{kind}")
