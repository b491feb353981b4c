"""Writes docs/reference, and the README's tables, from the code: `python -m czujka.reference`, or `make docs`.

What a setting, verb, platform, channel, rule, label or metric is stands once, in the code; a test fails when these pages are stale.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from alerts.channels import CHANNELS
from classifiers.rules import lint
from classifiers.rules.joint import family_of, weights
from classifiers.taxonomy import LABELS, Label
from collector import SOURCES
from collector.answers import PLATFORMS, needs_of, rights_of
from core import kpis, metrics
from core.registry import Registry
from core.replies import ReplyKind
from core.settings import ChannelSettings, Settings, SourceSettings
from czujka.cli import cli
from czujka.describing import about, is_table, keys, repeats, table_of
from web.api import problems
from web.api.app import description

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
WIDTH = 100
ELSEWHERE = {"source": "platforms.md", "channel": "channels.md"}
NO_KEYS = {"home", "path"}


def configuration() -> str:
    """Every table of czujka.toml."""
    parts = [
        "# Configuration",
        "Czujka reads `./czujka.toml`, or the file that `--config` or `CZUJKA_CONFIG` names. `CZUJKA_HOME` is the data folder, `./var` "
        "by default. Only `[company] name`, the `id` of each table given and a brand's `name` are required; `czujka check` names every "
        "mistake with its line.",
    ]
    for name, field in Settings.model_fields.items():
        if name in ELSEWHERE:
            parts += [f"## `[[{name}]]`", f"See [{ELSEWHERE[name].removesuffix('.md')}]({ELSEWHERE[name]}): each kind has its own keys."]
        elif name not in NO_KEYS:
            parts += _table(name, field)
    parts += [
        "## Secrets",
        'A secret is never written in clear. It is `{ env = "NAME" }`, an environment variable, or `{ file = "/run/secrets/name" }`, '
        "a file.",
        "## Durations",
        'A number and a unit, `s`, `m`, `h`, `d` or `w`, one or several: `"90s"`, `"1h30m"`, `"2d"`.',
    ]
    return _page(parts)


def _table(name: str, field: FieldInfo) -> Iterator[str]:
    model = table_of(field.annotation)
    yield f"## `[[{name}]]`" if repeats(field.annotation) else f"## `[{name}]`"
    yield about(model)
    yield keys(model)
    for key, inner in model.model_fields.items():
        if is_table(inner.annotation):
            yield f"### `[[{name}.{key}]]`"
            yield about(table_of(inner.annotation))
            yield keys(table_of(inner.annotation))


def command_line() -> str:
    """Every verb with its help."""
    parts = [
        "# The command line",
        "`--json` prints one object a line on stdout; remarks go to stderr; all output is UTF-8. Exit code 0: done. 1: it ran, and "
        "something needs attention. 2: wrong use or configuration.",
    ]
    return _page(parts + [part for path, command in _commands(cli, "czujka", None) for part in _verb(path, command)])


def _commands(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[click.Context, click.Command]]:
    settings = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield context, command
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            yield from _commands(found, inner, context) if found is not None else ()


def _verb(context: click.Context, command: click.Command) -> Iterator[str]:
    yield f"## `{context.command_path}`"
    yield f"```text\n{command.get_help(context)}\n```"


def platforms() -> str:
    """Every kind of source."""
    lead = "A `[[source]]` is one thing to watch. `kind` says on which platform; these keys every kind has:"
    return _kinds("# Platforms", lead, SOURCES, SourceSettings, "source") + _answering()


def _answering() -> str:
    """What answering on each platform needs, beside what reading needs."""
    lead = "With `answer = true` people answer from the inbox. Beside what it needs to read, a source then needs these keys and scopes:"
    rows = [f"| `{kind}` | {needs_of(kind)} | {' | '.join(_scopes(kind, one) for one in ReplyKind)} |" for kind in PLATFORMS]
    head = f"| kind | keys | {' | '.join(f'to {kind}' for kind in ReplyKind)} |"
    more = "More: [Answer from the inbox](../how-to/answer-from-the-inbox.md)."
    return "\n" + _page(["## Answering", lead, "\n".join([head, "|---" * (len(ReplyKind) + 2) + "|", *rows]), more])


def _scopes(kind: str, act: ReplyKind) -> str:
    named = rights_of(kind).get(act, "")
    return ", ".join(f"`{scope}`" for scope in named.split(", ")) if named else "cannot"


def channels() -> str:
    """Every kind of channel."""
    lead = "A `[[channel]]` is a way to tell people. A contact `kind:address` goes through the first channel of that kind. Every kind has:"
    return _kinds("# Channels", lead, CHANNELS, ChannelSettings, "channel")


def _kinds(title: str, lead: str, registry: Registry, shared: type[BaseModel], table: str) -> str:
    parts = [title, lead, keys(shared)]
    for kind, module in sorted(registry.kinds().items()):
        parts += [f"## `{kind}`", _first_line(module), *_more(module), keys(module.Settings, shared.model_fields)]
        example = ROOT / "deploy" / "examples" / f"{table}-{kind}.toml"
        parts += [f"Example: [`deploy/examples/{example.name}`](../../deploy/examples/{example.name})."] if example.is_file() else []
    return _page([*parts, "## What each can do", _abilities(registry)])


def _first_line(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().splitlines()[0]


def _more(module: ModuleType) -> list[str]:
    """What its settings say after their first line."""
    return about(module.Settings).split("\n\n")[1:]


def _abilities(registry: Registry) -> str:
    """A table of the kinds' capabilities."""
    rows = {kind: asdict(module.capabilities) for kind, module in sorted(registry.kinds().items())}
    names = list(next(iter(rows.values())))
    said = (f"| `{kind}` | {' | '.join(_able(able[name]) for name in names)} |" for kind, able in rows.items())
    head = " | ".join(name.replace("_", " ") for name in names)
    return "\n".join([f"| kind | {head} |", "|---" * (len(names) + 1) + "|", *said])


def _able(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "–"
    return ("yes" if value else "–") if isinstance(value, bool) else f"{value:,}".replace(",", " ")


def _threshold(label: Label) -> float:
    return weights()[family_of(label.name)].thresholds.get(label.name, label.threshold)


def labels() -> str:
    """Every label of the taxonomy."""
    rows = (
        f"| `{label.name}` | {label.severity} | {', '.join(label.voices)} | {label.about.replace('_', ' ')} | {label.clause or '–'} "
        f"| {_threshold(label)} |"
        for label in LABELS.values()
    )
    lead = (
        "What a finding can say. It is reported from its threshold on; *about us* tells when the post must name a brand or speak in our "
        "voice; the clause is the one of the policy's starter set."
    )
    head = ("| label | severity | voices | about us | clause | threshold |", "|---|---|---|---|---|---|")
    sentiment = "`sentiment.negative`, `sentiment.neutral` and `sentiment.positive` are said of every post and never page."
    return _page(["# Labels", lead, "\n".join((*head, *rows)), sentiment])


def api() -> str:
    """Every operation of the API, from its own description."""
    described = description()
    rows = [
        f"| `{method.upper()}` | `/api/v1{path}` | {_cell(operation.get('description', ''))} |"
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    lead = (
        "JSON over HTTP, for programs. `Authorization: Bearer` carries a token of `czujka tokens add`; it sees and does what its "
        "person's roles allow, and no more than its scopes. `/api/v1/openapi.json` is the whole description, in OpenAPI 3.1. A list has "
        "`next`, the cursor of its following page; one thing has an `ETag`, which an act takes as `If-Match`. Every error is a problem "
        "after RFC 9457, with `mend`."
    )
    kinds = [f"| `urn:czujka:problem:{reason}` | {mend} |" for reason, mend in problems.MENDS.items()]
    operations = "\n".join(("| method | address | what it does |", "|---|---|---|", *rows))
    return _page(["# API", lead, operations, "## Problems", "\n".join(("| type | mend |", "|---|---|", *kinds))])


def _cell(text: str) -> str:
    return " ".join(text.split())


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "configuration.md": configuration,
    "command-line.md": command_line,
    "platforms.md": platforms,
    "channels.md": channels,
    "metrics.md": metrics.reference_markdown,
    "kpis.md": kpis.reference_markdown,
    "rules.md": lint.reference_markdown,
    "labels.md": labels,
    "api.md": api,
}


def readme(text: str) -> str:
    """The README with its two tables anew, each between its marks."""
    for name, registry in (("platforms", SOURCES), ("channels", CHANNELS)):
        rows = (f"| `{kind}` | {_short(module)} |" for kind, module in sorted(registry.kinds().items()))
        table = "\n".join((f"<!-- {name} -->", "| kind | what it does |", "|---|---|", *rows, f"<!-- end of {name} -->"))
        text = re.sub(rf"<!-- {name} -->.*?<!-- end of {name} -->", lambda _, table=table: table, text, flags=re.S)  # type: ignore[misc]
    return text


def _short(module: ModuleType) -> str:
    """The first sentence of a kind's own description."""
    return re.split(r"(?<=[.;]) ", _first_line(module))[0].rstrip(".;") + "."


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
    path = ROOT / "README.md"
    path.write_text(readme(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
