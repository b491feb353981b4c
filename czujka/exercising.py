"""An exercise: a scenario replayed in a sandbox of its own. The real pipeline runs, on a database of the exercise, with a folder instead of
every channel; nothing of the company's own database is opened.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from alerts.channels import email
from collector import file
from core.errors import ConfigError
from core.exercise import Said, Scenario, Timing
from core.settings import Brand, Settings
from core.types import Scope
from governance.exercise import timing
from storage import Store

FOLDER = "exercises"
SOURCE = "exercise"
HEADINGS = {"pl": "ĆWICZENIE", "en": "EXERCISE"}
BANNERS = {
    "pl": "ĆWICZENIE: te wpisy są zmyślone, nikt poza ćwiczącymi nie dostaje wiadomości.",
    "en": "EXERCISE: these posts are made up, and nobody but those who train gets a message.",
}


def run_name(scenario: Scenario, now: datetime) -> str:
    """ "leak-20261121-2040": the folder of one run, and what its lessons name."""
    return f"{scenario.name[:40]}-{now:%Y%m%d-%H%M%S}"


def folder_of(settings: Settings, run: str) -> Path:
    """Where a run lies. Raises ConfigError: there is none of this name."""
    folder = settings.home / FOLDER / run
    if "/" in run or run.startswith(".") or not (folder / "exercise.db").is_file():
        raise ConfigError(f"there is no exercise {run!r}; `czujka exercise list` names them", reason="no_exercise")
    return folder


def runs(settings: Settings) -> list[str]:
    """Those that were held, the newest last."""
    return sorted((path.parent.name for path in (settings.home / FOLDER).glob("*/exercise.db")), key=lambda name: name[-15:])


def brand_of(settings: Settings, named: str | None) -> Brand:
    """Which brand the scenario is about. Raises ConfigError."""
    chosen = next((one for one in settings.brand if named in (None, one.id)), None)
    if chosen is None:
        raise ConfigError("an exercise needs a brand of the configuration", reason="no_brand")
    return chosen


def sandbox(settings: Settings, folder: Path, brand: Brand, language: str, port: int = 0) -> Settings:
    """The company's settings with everything that reaches outside taken away: its people, teams, rules and routes stay."""
    mail = email.Settings(id="mail", kind="email", folder=folder / "mail", heading=HEADINGS[language])
    posts = file.Settings(
        id=SOURCE, kind="file", path=folder / "posts.jsonl", platform="x", scope=Scope.MENTION, brand=brand.id, every=timedelta(seconds=1)
    )
    people = tuple(one.model_copy(update={"contacts": (f"email:{one.id}@exercise.invalid",)}) for one in settings.person)
    changed = {
        "storage": settings.storage.model_copy(update={"url": f"sqlite:///{(folder / 'exercise.db').resolve()}"}),
        "web": settings.web.model_copy(update={"url": None, "port": port}),
        "company": settings.company.model_copy(update={"fallback_contacts": ("email:fallback@exercise.invalid",)}),
        "oidc": None,
        "heartbeat": None,
        "canary": None,
        "audit": settings.audit.model_copy(update={"heads": str((folder / "heads").resolve())}),
        "person": people,
        "source": (posts,),
        "channel": (mail,),
        "hook": (),
        "training": (),
        "retention": (),
        "home": folder,
    }
    return settings.model_copy(update=changed)


def lay_out(folder: Path) -> None:
    """The empty place of a run."""
    folder.mkdir(parents=True, mode=0o700)
    (folder / "posts.jsonl").touch()


def play(folder: Path, scenario: Scenario, since: timedelta, until: timedelta, start: datetime) -> int:
    """Write what is said from `since` on and before `until`, counted from the start; answers how many posts that were."""
    due = [(number, one) for number, one in enumerate(scenario.posts, start=1) if since <= one.at < until]
    with (folder / "posts.jsonl").open("a", encoding="utf-8") as out:
        out.writelines(_line(number, one, start, scenario.language) for number, one in due)
    return len(due)


def timings(folder: Path) -> list[Timing]:
    """How each incident of a run went, in the order in which they were opened."""
    store = Store.open(f"sqlite:///{folder / 'exercise.db'}")
    try:
        rows = store.incidents.list(limit=200)
        return [timing(store.incidents.card(row.incident_id, evidence=0)) for row in sorted(rows, key=lambda row: row.incident_id)]
    finally:
        store.close()


def told(found: list[Timing], span: Callable[[float], str]) -> list[tuple[str, ...]]:
    """Rows of the report: each time counted from the first page; a dash where nobody did it."""

    def after(one: Timing, at: datetime | None) -> str:
        length = one.after_page(at)
        return span(length.total_seconds()) if length is not None else "-"

    return [
        (
            str(one.incident_id),
            one.label,
            one.severity.value,
            span((one.paged_at - one.opened_at).total_seconds()) if one.paged_at is not None else "-",
            after(one, one.acknowledged_at),
            after(one, one.acted_at),
            after(one, one.resolved_at),
            ", ".join(one.who) or "-",
        )
        for one in found
    ]


def _line(number: int, one: Said, start: datetime, language: str) -> str:
    row = {
        "id": f"exercise-{number}",
        "created_at": (start + one.at).isoformat(),
        "text": one.text,
        "author_id": one.by,
        "author_handle": one.by,
        "followers": one.followers,
        "lang": language,
        "kind": "post",
    }
    return json.dumps(row, ensure_ascii=False) + "\n"
