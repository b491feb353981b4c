"""Named places where a test kills the process, to prove that nothing is lost there. Without `CZUJKA_FAILPOINT` they do nothing.

`CZUJKA_FAILPOINT=collect.stored:3` kills this process with SIGKILL when it reaches `collect.stored` for the third time.
"""

import os
import signal
from collections import Counter

_hits: Counter[str] = Counter()


def reach(name: str) -> None:
    """Pass the fail-point `name`; die there if the environment says so."""
    wanted = os.environ.get("CZUJKA_FAILPOINT")
    if wanted is None:
        return
    _hits[name] += 1
    place, _, count = wanted.partition(":")
    if place == name and _hits[name] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
