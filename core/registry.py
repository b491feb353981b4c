"""Finds the kinds: every file in a room that has `Settings`, `capabilities` and its verb is one kind, named like the file.

Adding a platform or a channel is adding one file; nothing else is edited.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import ModuleType

from core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Registry:
    """The kinds of one room: `package` is where they lie, `verb` the function that each must have."""

    package: str
    verb: str

    def kinds(self) -> dict[str, ModuleType]:
        """Every kind by name."""
        return _discover(self.package, self.verb)

    def get(self, kind: str) -> ModuleType:
        """One kind. Raises ConfigError with the nearest name and all names."""
        kinds = self.kinds()
        if kind in kinds:
            return kinds[kind]
        near = get_close_matches(kind, kinds, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"unknown kind {kind!r}{hint} (there are: {', '.join(sorted(kinds))})", reason="unknown_kind")


@cache
def _discover(package: str, verb: str) -> dict[str, ModuleType]:
    root = importlib.import_module(package)
    modules = (importlib.import_module(f"{package}.{found.name}") for found in pkgutil.iter_modules(root.__path__) if not found.ispkg)
    return {module.__name__.rsplit(".", 1)[1]: module for module in modules if hasattr(module, verb) and hasattr(module, "Settings")}
