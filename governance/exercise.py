"""Scenarios of exercises: read from their files and fitted to a company; and how quickly people answered, from what the incidents tell."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.exercise import Said, Scenario, Timing
from core.records import Event, IncidentCard

SHIPPED = Path(__file__).resolve().parent / "exercises"
MOST_POSTS, LONGEST_TEXT = 2000, 5000
_NO_ACT = frozenset({"acknowledged", "seen", "revealed"})


def scenarios() -> tuple[str, ...]:
    """The names of those that come with Czujka."""
    return tuple(sorted({path.name.partition(".")[0] for path in SHIPPED.glob("*.jsonl")}))


def find(name: str, language: str) -> Path:
    """The file of a scenario: one that ships, or a path to one's own. Raises ConfigError."""
    if name in scenarios():
        return SHIPPED / f"{name}.{language}.jsonl"
    if not Path(name).is_file():
        raise ConfigError(f"there is no scenario {name!r}; there are {', '.join(scenarios())}, or give a file", reason="no_scenario")
    return Path(name)


def read_scenario(path: Path) -> Scenario:
    """A scenario of a file: a line with title and language, then a post a line. Raises ConfigError with file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: no UTF-8 text", reason="scenario_invalid") from error
    rows = [_row(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if len(rows) < 2 or len(rows) > MOST_POSTS:
        raise ConfigError(f"{path}: a line with title and language and 1 to {MOST_POSTS} posts were expected", reason="scenario_invalid")
    head, posts = rows[0][1], tuple(_said(path, number, row) for number, row in rows[1:])
    title, language = str(head.get("title", "")).strip(), str(head.get("language", ""))
    if not title or language not in ("pl", "en"):
        raise ConfigError(f"{path}, line 1: a title and a language, pl or en, were expected", reason="scenario_invalid")
    ordered = tuple(sorted(posts, key=lambda one: one.at))
    return Scenario(name=path.name.partition(".")[0], title=title, language=language, posts=ordered)


def fitted(scenario: Scenario, brand: str, code_name: str) -> Scenario:
    """The same about this brand; posts that speak of a code name are left out where there is none."""
    kept = [one for one in scenario.posts if code_name or "{code_name}" not in one.text]
    words = {"{brand}": brand, "{code_name}": code_name}
    posts = tuple(Said(at=one.at, by=one.by, followers=one.followers, text=_filled(one.text, words)) for one in kept)
    return Scenario(name=scenario.name, title=scenario.title, language=scenario.language, posts=posts)


def timing(card: IncidentCard) -> Timing:
    """How one incident went. What Czujka did by itself is no act of a person, and neither is looking."""
    people = [one for one in card.events if one.actor != "czujka"]
    sent = [told.at for told in card.told if told.at is not None and told.state == "sent"]
    acts = [one for one in people if one.kind not in _NO_ACT]
    return Timing(
        incident_id=card.row.incident_id,
        label=card.row.label,
        severity=card.row.severity,
        opened_at=card.row.opened_at,
        paged_at=min(sent, default=None),
        acknowledged_at=_first(people, "acknowledged"),
        acted_at=min((one.at for one in acts), default=None),
        resolved_at=_first(people, "resolved"),
        who=tuple(dict.fromkeys(one.actor for one in people)),
    )


def _first(events: Sequence[Event], kind: str) -> Any:
    return min((one.at for one in events if one.kind == kind), default=None)


def _filled(text: str, words: Mapping[str, str]) -> str:
    for blank, word in words.items():
        text = text.replace(blank, word)
    return text


def _row(path: Path, number: int, line: str) -> tuple[int, dict[str, Any]]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise ConfigError(f"{path}, line {number}: one JSON object was expected", reason="scenario_invalid")
    return number, row


def _said(path: Path, number: int, row: Mapping[str, Any]) -> Said:
    at, by, text, followers = row.get("at"), row.get("by"), row.get("text"), row.get("followers", 0)
    whole = all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in (at, followers))
    if not whole or not isinstance(by, str) or not by.strip() or not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT:
        raise ConfigError(
            f'{path}, line {number}: {{"at": seconds, "by": handle, "followers": number, "text": words}} was expected',
            reason="scenario_invalid",
        )
    return Said(at=timedelta(seconds=int(at or 0)), by=by.strip(), followers=int(followers), text=text)
