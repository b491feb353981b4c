"""Reads and checks czujka.toml: every error at once, each with line, key, what was expected and the nearest valid name."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ValidationError

from alerts import hours
from alerts.channels import CHANNELS
from alerts.contacts import contact
from collector import SOURCES
from collector.answers import why_not
from core.errors import ConfigError
from core.registry import Registry
from core.settings import ChannelSettings, Settings, SourceSettings
from core.table import SECRET_IN_CLEAR
from core.toml import Document, read
from core.toml import Path as KeyPath
from core.types import Json

DEFAULT_FILE = Path("czujka.toml")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a configuration file."""

    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}: {self.message}"


def data_folder() -> Path:
    """Where data lie: `CZUJKA_HOME`, or ./var."""
    return Path(os.environ.get("CZUJKA_HOME") or "var")


def config_file(named: str | None) -> Path | None:
    """The configuration file: named by --config or CZUJKA_CONFIG, else ./czujka.toml if it is there. Raises ConfigError."""
    given = named or os.environ.get("CZUJKA_CONFIG")
    if given:
        if not Path(given).is_file():
            raise ConfigError(f"{given}: there is no such configuration file; `czujka init` writes one", reason="config_missing")
        return Path(given)
    return DEFAULT_FILE if DEFAULT_FILE.is_file() else None


def defaults() -> Settings:
    """What holds without any file: enough for the verbs that need no database."""
    return Settings.model_validate({"company": {"name": "Czujka"}, "home": data_folder()})


def load(path: Path, home: Path | None = None) -> Settings:
    """Read and check a file. Raises ConfigError listing every problem, one a line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", reason="config_missing") from error
    document = read(text, str(path))
    settings, problems = validate(document, home or data_folder(), path)
    if problems or settings is None:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise ConfigError(f"{path}: {len(problems)} {'problem' if len(problems) == 1 else 'problems'}\n{lines}", reason="config_invalid")
    return settings


def validate(document: Document, home: Path, path: Path | None = None) -> tuple[Settings | None, list[Problem]]:
    """Check a document. The settings are None when a problem was found."""
    values = dict(document.values)
    problems: list[Problem] = []
    values["source"] = list(_kinds(document, "source", SOURCES, SourceSettings, home, problems))
    values["channel"] = list(_kinds(document, "channel", CHANNELS, ChannelSettings, home, problems))
    kept = {key: value for key, value in values.items() if key not in ("home", "path")}
    for reserved in ("home", "path"):
        if reserved in document.values:
            problems.append(Problem(document.line((reserved,)), reserved, "unknown key"))
    settings: Settings | None = None
    try:
        settings = Settings.model_validate({**kept, "home": home, "path": path})
    except ValidationError as error:
        problems += _problems(error, Settings, (), document)
    if settings is not None:
        problems += references(settings, document)
    return (None if problems else settings), sorted(problems, key=lambda p: (p.line, p.key))


def _kinds(
    document: Document, table: str, registry: Registry, shared: type[BaseModel], home: Path, problems: list[Problem]
) -> Iterator[Any]:
    """Each [[source]] or [[channel]] as its kind's own model. Without `kind`, the id names it."""
    rows = document.values.get(table, [])
    if not isinstance(rows, list):
        problems.append(Problem(document.line((table,)), table, f"a list of tables was expected: [[{table}]]"))
        return
    for index, row in enumerate(rows):
        path: KeyPath = (table, index)
        kind = row.get("kind", row.get("id"))
        try:
            module = registry.get(str(kind))
            yield module.Settings.model_validate(_placed(module, {**row, "kind": kind}, home))
        except ConfigError as error:
            problems.append(Problem(document.line((*path, "kind")), _name((*path, "kind")), str(error)))
        except ValidationError as error:
            problems += _problems(error, module.Settings if registry.kinds().get(str(kind)) else shared, path, document)


def _placed(module: ModuleType, row: Json, home: Path) -> Json:
    """Paths of files lie in the data folder unless they are absolute; a channel's folder has a default there."""
    fields = module.Settings.model_fields
    for name in ("path", "folder"):
        if name in fields and isinstance(row.get(name), str):
            row[name] = str(home / row[name])
    if "folder" in fields and "folder" not in row:
        row["folder"] = str(home / "mail")
    return row


def _problems(error: ValidationError, model: type[BaseModel], base: KeyPath, document: Document) -> Iterator[Problem]:
    for detail in error.errors():
        path = (*base, *(part for part in detail["loc"]))
        message = str(detail["msg"]).removeprefix("Value error, ")
        if detail["type"] == "extra_forbidden":
            names = _fields_at(model, detail["loc"][:-1])
            near = get_close_matches(str(path[-1]), names, n=1)
            message = f"unknown key; did you mean {near[0]!r}?" if near else f"unknown key (there are: {', '.join(sorted(names))})"
        elif detail["type"] == "missing":
            message = "is required"
        elif SECRET_IN_CLEAR not in message and isinstance(detail.get("input"), str | int | float | bool):
            message = f"{message} (it is {detail['input']!r})"
        yield Problem(document.line(path), _name(path), message)


def _fields_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys that are valid at a place inside a model."""
    for part in loc:
        field = model.model_fields.get(str(part)) if isinstance(part, str) else None
        if field is None:
            continue
        inner = list(_models(field.annotation))
        if inner:
            model = inner[0]
    return [name for name in model.model_fields if name not in ("home", "path") or model is not Settings]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def _name(path: KeyPath) -> str:
    """("source", 2, "every") → source[2].every, counting from 1 as people do."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def references(settings: Settings, document: Document) -> list[Problem]:
    """Ids that are double, and ids that name nothing."""
    ids = {table: [row.id for row in getattr(settings, table)] for table in TABLES}
    problems = [problem for table in TABLES for problem in _doubles(table, ids[table], document)]
    for path, wanted, table in _mentions(settings):
        if wanted not in ids[table]:
            problems.append(Problem(document.line(path), _name(path), _unknown(table, wanted, ids[table])))
    return [
        *problems,
        *_contacts(settings, document),
        *_targets(settings, ids, document),
        *_empty(settings, document),
        *_hours(settings, document),
        *_answers(settings, document),
        *_messages(settings, document),
    ]


def _messages(settings: Settings, document: Document) -> Iterator[Problem]:
    """The words of the communication plan are files beside the configuration."""
    for index, plan in enumerate(settings.message_plan):
        for key in ("text", "text_pl"):
            name = getattr(plan, key)
            if name and settings.path is not None and not (settings.path.parent / name).is_file():
                path: KeyPath = ("message_plan", index, key)
                yield Problem(document.line(path), _name(path), f"there is no file {name!r} beside the configuration")
        if not (plan.text or plan.text_pl):
            path = ("message_plan", index, "text")
            yield Problem(document.line(path), _name(path), "a text was expected: text or text_pl, files beside the configuration")


TABLES = (
    "brand",
    "person",
    "owner",
    "office",
    "schedule",
    "escalation",
    "channel",
    "source",
    "hook",
    "training",
    "message_plan",
    "objective",
    "initiative",
)


def _doubles(table: str, ids: list[str], document: Document) -> Iterator[Problem]:
    for index, one in enumerate(ids):
        if one in ids[:index]:
            yield Problem(document.line((table, index, "id")), f"{table}[{index + 1}].id", f"{one!r} is taken by an earlier {table}")


def _unknown(table: str, wanted: str, ids: Iterable[str]) -> str:
    near = get_close_matches(wanted, list(ids), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f" (there are: {', '.join(ids) or 'none'})"
    return f"there is no {table} {wanted!r}{hint}"


def _mentions(settings: Settings) -> Iterator[tuple[KeyPath, str, str]]:
    """Every place that names a row of another table: (where, the id, the table)."""
    if settings.company.fallback is not None:
        yield ("company", "fallback"), settings.company.fallback, "owner"
    for index, owner in enumerate(settings.owner):
        yield from ((("owner", index, "people"), person, "person") for person in owner.people)
        for key, table in (("schedule", "schedule"), ("escalation", "escalation")):
            if getattr(owner, key) is not None:
                yield ("owner", index, key), getattr(owner, key), table
    yield from _people(settings)
    yield from _places_of_roles(settings)
    yield from ((("initiative", n, "objective"), one.objective, "objective") for n, one in enumerate(settings.initiative))
    for index, route in enumerate(settings.route):
        yield ("route", index, "owner"), route.owner, "owner"
        yield from ((("route", index, "participants"), owner, "owner") for owner in route.participants)
        for key in ("brand", "source"):
            if getattr(route, key) is not None:
                yield ("route", index, key), getattr(route, key), key
    for index, source in enumerate(settings.source):
        for key, table in (("brand", "brand"), ("owner", "owner"), ("watcher", "person"), ("deputy", "person")):
            if getattr(source, key) is not None:
                yield ("source", index, key), getattr(source, key), table


def _people(settings: Settings) -> Iterator[tuple[KeyPath, str, str]]:
    """Whom offices and rotas name."""
    for index, office in enumerate(settings.office):
        yield from ((("office", index, "people"), person, "person") for person in office.people)
    for index, schedule in enumerate(settings.schedule):
        for number, layer in enumerate(schedule.layer):
            yield from ((("schedule", index, "layer", number, "people"), person, "person") for person in layer.people)


def _places_of_roles(settings: Settings) -> Iterator[tuple[KeyPath, str, str]]:
    for index, person in enumerate(settings.person):
        for place in (role.partition("@")[2] for role in person.roles if "@" in role):
            table, _, wanted = place.partition(":")
            yield ("person", index, "roles"), wanted, table


def _contacts(settings: Settings, document: Document) -> Iterator[Problem]:
    """A contact `kind:address` needs a channel of that kind."""
    kinds = {channel.kind for channel in settings.channel}
    places = [(("company", "fallback_contacts"), one) for one in settings.company.fallback_contacts]
    places += [(("person", index, "contacts"), c) for index, person in enumerate(settings.person) for c in person.contacts]  # type: ignore[misc]
    if settings.canary is not None:
        yield from _canary(settings.canary.contact, settings, document)
    for path, written in places:
        kind, colon, address = written.partition(":")
        if not colon or not address:
            yield Problem(document.line(path), _name(path), f"{written!r}: kind:address was expected, such as email:anna@example.com")
        elif kind not in kinds:
            yield Problem(document.line(path), _name(path), f"{written!r}: there is no [[channel]] of kind {kind!r}")


def _canary(written: str, settings: Settings, document: Document) -> Iterator[Problem]:
    if contact(written, settings) is None or not written.partition(":")[2]:
        detail = f"{written!r}: kind:address or channel:id of a configured [[channel]] was expected"
        yield Problem(document.line(("canary", "contact")), "canary.contact", detail)


def _targets(settings: Settings, ids: dict[str, list[str]], document: Document) -> Iterator[Problem]:
    """Steps name schedule:, person:, owner: or channel: and an id."""
    for index, policy in enumerate(settings.escalation):
        for number, step in enumerate(policy.step):
            path: KeyPath = ("escalation", index, "step", number, "notify")
            for target in step.notify:
                table, _, wanted = target.partition(":")
                if table not in ("schedule", "person", "owner", "channel"):
                    message = f"{target!r}: schedule:, person:, owner: or channel: and an id was expected"
                    if table == "escalation":
                        message += "; a policy that leads to a policy could go in circles"
                    yield Problem(document.line(path), _name(path), message)
                elif wanted not in ids[table]:
                    yield Problem(document.line(path), _name(path), _unknown(table, wanted, ids[table]))


def _empty(settings: Settings, document: Document) -> Iterator[Problem]:
    """A rota without people and a policy without steps page nobody."""
    for index, schedule in enumerate(settings.schedule):
        path: KeyPath = ("schedule", index)
        if not schedule.layer:
            yield Problem(
                document.line(path), _name(path), f"the schedule {schedule.id!r} is empty: a [[schedule.layer]] with people was expected"
            )
        for number, layer in enumerate(schedule.layer):
            if not layer.people:
                place: KeyPath = (*path, "layer", number, "people")
                yield Problem(document.line(place), _name(place), "is empty: at least one person was expected")
    for index, policy in enumerate(settings.escalation):
        if not policy.step:
            path = ("escalation", index)
            yield Problem(document.line(path), _name(path), f"the policy {policy.id!r} is empty: an [[escalation.step]] was expected")
        for number, step in enumerate(policy.step):
            if not step.notify:
                path = ("escalation", index, "step", number, "notify")
                yield Problem(document.line(path), _name(path), "is empty: schedule:, person:, owner: or channel: and an id was expected")


def _hours(settings: Settings, document: Document) -> Iterator[Problem]:
    """Hours are read when they are needed, and then it is too late to say that they mean nothing."""
    written: list[tuple[KeyPath, str]] = [(("alerting", "quiet_hours"), settings.alerting.quiet_hours)]
    written += [(("owner", index, "hours"), owner.hours) for index, owner in enumerate(settings.owner)]
    written += [(("route", index, "hours"), route.hours) for index, route in enumerate(settings.route) if route.hours]
    written += [
        (("schedule", index, "layer", number, "hours"), layer.hours)
        for index, schedule in enumerate(settings.schedule)
        for number, layer in enumerate(schedule.layer)
        if layer.hours
    ]
    for path, text in written:
        try:
            if text:
                hours.read(text)
        except ConfigError as error:
            yield Problem(document.line(path), _name(path), str(error))


def _answers(settings: Settings, document: Document) -> Iterator[Problem]:
    """Whoever switches answering on would find out only when a customer waits that the source cannot."""
    for index, source in enumerate(settings.source):
        reason = why_not(source) if source.answer else None
        if reason:
            path: KeyPath = ("source", index, "answer")
            yield Problem(document.line(path), _name(path), reason)


def ready_to_run(settings: Settings) -> list[str]:
    """What `run` and `check` demand beyond a valid file."""
    if not settings.owner:
        return ["no [[owner]] is configured: somebody must answer for what is found"]
    if settings.company.fallback is None:
        return ['[company] fallback is missing: name the owner of everything unrouted, such as fallback = "pr"']
    return []
