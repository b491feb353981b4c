"""The shell of the hooks: makes calls of what happened, makes each call, records how it ended. At least once, never lost."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from alerts.channels.base import post, revealed
from alerts.hooks import content, next_try
from core import metrics
from core.errors import Conflict, CzujkaError, DeliveryError
from core.failpoint import reach
from core.hooks import HookCall, signed, wishes
from core.http import Http
from core.settings import Hook
from czujka.house import House

LEASE = timedelta(minutes=2)
AT_ONCE = 8
KEPT = timedelta(days=14)

log = logging.getLogger("czujka.hooks")


def tell_hooks(house: House) -> int:
    """Tell every hook what it wants to know. Answers how many calls were taken."""
    house.store.hooks.announce(wishes(house.settings.hook), house.clock())
    house.store.hooks.forget(house.clock() - KEPT)
    due = house.store.hooks.lease_due(house.clock(), AT_ONCE * 4, LEASE)
    reach("hooks.leased")
    if not due:
        return 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hooks") as pool:
        return sum(pool.map(lambda call: _try(house, call), due))


def call_once(http: Http, hook: Hook, call: HookCall, address: str, now: datetime) -> None:
    """One signed POST, redirects not followed, private addresses refused unless allowed. Raises DeliveryError."""
    body = content(call, address)
    headers = {"Content-Type": "application/json; charset=utf-8", **signed(revealed(hook.secret), f"evt_{call.key}", now, body)}
    post(http, str(hook.url), f"hook {hook.id}", now, timeout=hook.timeout, content=body, headers=headers)


def _try(house: House, call: HookCall) -> bool:
    """Call, then record. Killed between the two it is made again, under the same webhook-id."""
    if call.uncertain:
        log.warning("hook %s: an earlier try of %s was not recorded; it may arrive twice", call.hook, call.key)
    try:
        hook = next((one for one in house.settings.hook if one.id == call.hook), None)
        if hook is None:
            raise DeliveryError(f"there is no hook {call.hook!r} any more", permanent=True, reason="hook_gone")
        call_once(house.http, hook, call, house.address(), house.clock())
        reach("hooks.sent")
    except CzujkaError as error:
        return _failed(house, call, error if isinstance(error, DeliveryError) else DeliveryError(str(error), permanent=False))
    metrics.HOOK_CALLS.add(hook=call.hook, outcome="sent")
    return _recorded(call, lambda: house.store.hooks.sent(call, house.clock()))


def _failed(house: House, call: HookCall, error: DeliveryError) -> bool:
    now = house.clock()
    due_at = next_try(call, error, now, house.jitter())
    log.warning("hook %s: %s: %s; %s", call.hook, error.reason, error, "given up" if due_at is None else f"again at {due_at:%H:%M:%S}")
    metrics.ERRORS.add(stage="hooks", reason=error.reason)
    metrics.HOOK_CALLS.add(hook=call.hook, outcome="failed" if due_at is None else "retry")
    _recorded(call, lambda: house.store.hooks.failed(call, error.reason, due_at))
    return False


def _recorded(call: HookCall, record: Callable[[], None]) -> bool:
    try:
        record()
    except Conflict:
        log.warning("hook %s: another worker had taken %s over", call.hook, call.key)
        return False
    return True
