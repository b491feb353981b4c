"""Packs that change while the service runs: read again when a file changed; while they cannot be used, the old ones stay in force."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from classifiers.rules.context import RuleContext
from classifiers.rules.engine import RuleEngine
from classifiers.rules.pack import HOME, load_packs
from core.errors import ConfigError

log = logging.getLogger("czujka.rules")

Stamp = tuple[tuple[str, int, int], ...]
"""Path, size and time of change of every file of the packs."""


@dataclass
class PackWatch:
    """The packs of one folder. `fault` says why the newest files are not in force, '' when they are."""

    home: Path = HOME
    fault: str = ""
    _seen: Stamp = field(default=(), init=False)

    def __post_init__(self) -> None:
        self._seen = stamp(self.home)

    def renewed(self, context: RuleContext) -> RuleEngine | None:
        """A new engine when a file has changed since the last time and all can be used; None when nothing changed or the old one stays."""
        now = stamp(self.home)
        if now == self._seen:
            return None
        self._seen = now
        try:
            engine = RuleEngine(load_packs(self.home), context)
        except ConfigError as error:
            self.fault = str(error)
            log.error("the rules that were in force stay so: %s", error)
            return None
        self.fault = ""
        log.info("rules were read again: %d in force", len(engine.rules))
        return engine


def stamp(home: Path) -> Stamp:
    """What tells whether any pack or list changed."""
    return tuple(sorted(_files(home / "packs"))) + tuple(sorted(_files(home / "lists")))


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(Path(entry.path))
            elif entry.name.endswith(".yaml") and not entry.name.endswith(".cases.yaml"):
                known = entry.stat()
                yield entry.path, known.st_size, known.st_mtime_ns
