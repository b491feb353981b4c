"""Two incidents made one, one made two: decided, and not yet written."""

from dataclasses import dataclass

from core.records import Opens
from core.types import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`other` becomes a part of `into`. `severity` is set when `into` rises by it, `pages` when it may page from now on."""

    into: int
    into_version: int
    other: int
    other_version: int
    owners: tuple[str, ...]
    severity: Severity | None = None
    pages: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Some items of an incident become another one. `frees` are merged stories' keys that go with them."""

    incident_id: int
    version: int
    opens: Opens
    frees: tuple[str, ...] = ()
