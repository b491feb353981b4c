"""Looks whether an account of ours is still there, and how it is called now: one file per platform that can say so.

Each has `look_up(source, account_id, handle, asking) -> Profile`, which asks with the credentials of a source of that kind.
"""

import importlib
import pkgutil

from collector.base import Asking
from core.register import Profile
from core.settings import SourceSettings

__all__ = ["PLATFORMS", "look_up"]

PLATFORMS = tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


def look_up(source: SourceSettings, account_id: str, handle: str, asking: Asking) -> Profile:
    """How the platform shows an account now; `account_id` is the platform's own id, '' where nobody knows it.

    Raises Gone: there is none any more; CollectError: the platform does not say.
    """
    found: Profile = importlib.import_module(f"{__name__}.{source.kind}").look_up(source, account_id, handle, asking)
    return found
