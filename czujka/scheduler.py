"""Runs the stages: one sweep each under APScheduler, woken early when the stage before it left work."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from core import metrics
from core.errors import Conflict, CzujkaError
from czujka import measuring
from czujka.auditing import beat_if_well
from czujka.heads import export_heads
from czujka.hooking import tell_hooks
from czujka.house import House
from czujka.looking import read_pictures
from czujka.message_letters import plan_messages
from czujka.pipeline import STAGES
from czujka.registering import check_accounts
from czujka.reminding import plan_readers
from czujka.reporting import send_letters
from czujka.retaining import retain
from czujka.reviewing import open_reviews
from czujka.training_letters import plan_trainings
from storage import Store

EVERY_S = {"collect": 1.0, "classify": 1.0, "assess": 1.0, "notify": 1.0, "deliver": 1.0, "answer": 1.0}
NEXT = {"collect": "classify", "classify": "assess", "assess": "notify", "notify": "deliver"}
GAUGES_EVERY_S = 10.0
LETTERS_EVERY_S = 30.0
AUDIT_EVERY_S = 60.0
ANSWERS_EVERY_S = 20.0
KPIS_EVERY_S = 30.0
HOOKS_EVERY_S = 1.0
REVIEWS_EVERY_S = 900.0
HEADS_EVERY_S = 300.0
PICTURES_EVERY_S = 2.0
RETAIN_EVERY_S = 3600.0
ACCOUNTS_EVERY_S = 900.0
READERS_EVERY_S = 900.0
ROUNDS = 200
ALIVE_WITHIN_S = 120.0

log = logging.getLogger("czujka.scheduler")


class Sweeps:
    """The stages of one house, each running until it has nothing left to do, then again at its next turn."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stop = threading.Event()
        self._last: dict[str, float] = {}
        self._turns = threading.Lock()
        self._running: set[str] = set()
        self._woken: set[str] = set()
        executors = {"default": ThreadPoolExecutor(len(STAGES) + 9)}
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = BackgroundScheduler(executors=executors, job_defaults=defaults, timezone="UTC")

    def start(self) -> None:
        """Take over from a process that died, make the sources known, and begin."""
        if not self._house.store.take_over():
            log.info("another process sweeps this database too; the work is shared by leases")
        self._house.store.sources.sync([source.id for source in self._house.settings.source], self._house.clock())
        for name in STAGES:
            self._scheduler.add_job(self._sweep, IntervalTrigger(seconds=EVERY_S[name]), args=[name], id=name)
        gauges = IntervalTrigger(seconds=GAUGES_EVERY_S)
        self._scheduler.add_job(self._measure, gauges, args=[measuring.measure_store], id="gauges")
        answers = IntervalTrigger(seconds=ANSWERS_EVERY_S)
        self._scheduler.add_job(self._measure, answers, args=[measuring.measure_answers], id="answers")
        figures = IntervalTrigger(seconds=KPIS_EVERY_S)
        self._scheduler.add_job(self._measure, figures, args=[partial(measuring.measure_kpis, self._house.settings)], id="kpis")
        letters = IntervalTrigger(seconds=LETTERS_EVERY_S)
        self._scheduler.add_job(_guarded, letters, args=["letters", partial(send_letters, self._house)], id="letters")
        hooks = IntervalTrigger(seconds=HOOKS_EVERY_S)
        self._scheduler.add_job(_guarded, hooks, args=["hooks", partial(tell_hooks, self._house)], id="hooks")
        reviews = IntervalTrigger(seconds=REVIEWS_EVERY_S)
        self._scheduler.add_job(_guarded, reviews, args=["reviews", partial(open_reviews, self._house)], id="reviews")
        heads = IntervalTrigger(seconds=HEADS_EVERY_S)
        self._scheduler.add_job(_guarded, heads, args=["audit", partial(export_heads, self._house)], id="heads")
        accounts = IntervalTrigger(seconds=ACCOUNTS_EVERY_S)
        self._scheduler.add_job(_guarded, accounts, args=["accounts", partial(check_accounts, self._house)], id="accounts")
        over = IntervalTrigger(seconds=RETAIN_EVERY_S)
        self._scheduler.add_job(_guarded, over, args=["audit", partial(retain, self._house)], id="retention")
        readers = IntervalTrigger(seconds=READERS_EVERY_S)
        self._scheduler.add_job(_guarded, readers, args=["readers", partial(plan_readers, self._house)], id="readers")
        self._scheduler.add_job(_guarded, readers, args=["readers", partial(plan_trainings, self._house)], id="trainings")
        self._scheduler.add_job(_guarded, letters, args=["letters", partial(plan_messages, self._house)], id="messages")
        pictures = IntervalTrigger(seconds=PICTURES_EVERY_S)
        self._scheduler.add_job(_guarded, pictures, args=["pictures", partial(read_pictures, self._house)], id="pictures")
        beat = self._house.settings.heartbeat
        auditing = IntervalTrigger(seconds=beat.every.total_seconds() if beat else AUDIT_EVERY_S)
        self._scheduler.add_job(_guarded, auditing, args=["audit", partial(beat_if_well, self._house)], id="audit")
        self._scheduler.start()

    def stop(self) -> None:
        """Let running sweeps finish what they hold, then end."""
        self._stop.set()
        self._scheduler.shutdown(wait=True)

    def sickness(self) -> str | None:
        """None while every stage has run lately; else which has not."""
        stuck = [name for name in STAGES if name in self._last and time.monotonic() - self._last[name] > ALIVE_WITHIN_S]
        return f"no run for {ALIVE_WITHIN_S:.0f} s: {', '.join(stuck)}" if stuck else None

    def _sweep(self, name: str) -> None:
        """Run a stage, and again where it was woken meanwhile: a job that runs is not started a second time."""
        self._running.add(name)
        while not self._stop.is_set():
            self._woken.discard(name)
            run_stage(self._house, name, self._stop, partial(self._wake, NEXT.get(name)))
            self._last[name] = time.monotonic()
            with self._turns:
                if name not in self._woken:
                    self._running.discard(name)
                    return

    def _wake(self, name: str | None) -> None:
        """There is something for this stage to do, now."""
        if name is None or self._stop.is_set():
            return
        with self._turns:
            self._woken.add(name)
            runs = name in self._running
        job = self._scheduler.get_job(name)
        if job is not None and not runs:
            job.modify(next_run_time=self._house_now())

    def _house_now(self) -> datetime:
        return datetime.now(tz=self._scheduler.timezone)

    def _measure(self, measure: Callable[[Store, datetime], None]) -> None:
        try:
            measure(self._house.store, self._house.clock())
        except CzujkaError as error:
            log.warning("gauges: %s", error)


def run_stage(house: House, name: str, stop: threading.Event | None = None, after: Callable[[], None] = lambda: None) -> int:
    """Run a stage until it has nothing left to do, with a word `after` each round that did something. An error is counted and ends it."""
    done, stage = 0, STAGES[name]
    for _ in range(ROUNDS):
        started = time.monotonic()
        count = _guarded(name, lambda: stage(house))
        metrics.STAGE_SECONDS.observe(time.monotonic() - started, stage=name)
        done += count
        if count:
            after()
        if not count or name == "collect" or (stop is not None and stop.is_set()):
            break
    return done


def _guarded(name: str, stage: Callable[[], int]) -> int:
    try:
        return stage()
    except Conflict as error:
        log.info("%s: %s; deciding again at the next sweep", name, error)
        metrics.ERRORS.add(stage=name, reason=error.reason)
    except CzujkaError as error:
        log.error("%s: %s: %s", name, error.reason, error)
        metrics.ERRORS.add(stage=name, reason=error.reason)
    except Exception as error:
        log.exception("%s failed", name)
        metrics.ERRORS.add(stage=name, reason=type(error).__name__)
    return 0
