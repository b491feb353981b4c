"""Decides what follows from one call of a hook: taken, again later, or given up after a day. And writes what a call says."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from core.errors import DeliveryError
from core.hooks import HookCall

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
PATIENCE = timedelta(hours=24)

_PAGES = {"incident": "incidents", "conversation": "conversations", "crisis": "crisis"}


def next_try(call: HookCall, error: DeliveryError, now: datetime, jitter: float) -> datetime | None:
    """When to try again, None for never: the hook is no longer configured, or a day has passed. `jitter` is in [0, 1].

    Refusals are tried again too: a receiver that is being mended must lose nothing.
    """
    until = call.first_try_at + PATIENCE
    if error.reason == "hook_gone" or now >= until:
        return None
    if error.retry_at is not None and error.retry_at > now:
        return min(error.retry_at, until)
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(call.tries, 10))
    return min(now + max(wait * jitter, timedelta(seconds=1)), until)


def content(call: HookCall, address: str) -> bytes:
    """The body: {"type", "timestamp", "data"}, with links to our pages where there are any."""
    data = {name: _linked(name, value, address) for name, value in call.data.items()}
    said = {"type": call.kind, "timestamp": f"{call.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _linked(name: str, value: object, address: str) -> object:
    if name in _PAGES and isinstance(value, Mapping):
        return {**value, "url": f"{address}/{_PAGES[name]}/{value['id']}"}
    return value
