"""The reference: fresh, and whole."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from classifiers.rules import lint
from classifiers.taxonomy import LABELS
from core import metrics
from core.settings import Settings
from czujka import reference
from czujka.cli import cli

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
STALE = "run make docs"


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def files_of(room: str) -> set[str]:
    """Kinds by the look of their files, not by the registry that the pages come from."""
    return {
        path.stem for path in (ROOT / room).glob("*.py") if re.search(r"^class Settings\(", path.read_text(encoding="utf-8"), flags=re.M)
    }


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_a_page_is_fresh(name: str) -> None:
    assert read(name) == reference.PAGES[name](), STALE


def test_the_readme_is_fresh_and_names_every_platform_and_channel() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text == reference.readme(text), STALE
    for kind in files_of("collector") | files_of("alerts/channels"):
        assert f"| `{kind}` |" in text


def test_every_key_of_every_table_is_there() -> None:
    text = read("configuration.md")
    for name, field in Settings.model_fields.items():
        if name in ("home", "path"):
            continue
        assert f"[{name}]" in text
        for key in getattr(field.annotation, "model_fields", {}):
            assert f"| `{key}` |" in re.split(rf"^## `\[+{name}\]+`$", text, flags=re.M)[1].split("\n## ")[0]


@pytest.mark.parametrize(("room", "page"), [("collector", "platforms.md"), ("alerts/channels", "channels.md")])
def test_every_kind_is_there(room: str, page: str) -> None:
    assert files_of(room) == set(re.findall(r"^## `(\w+)`$", read(page), flags=re.M))


def test_every_verb_is_there_with_an_example() -> None:
    text, verbs = read("command-line.md"), walk(cli, "czujka")
    assert {"czujka run", "czujka incidents ack", "czujka oncall who", "czujka db check"} <= {path for path, _ in verbs}
    for path, command in verbs:
        assert f"## `{path}`\n" in text
        assert isinstance(command, click.Group) or "Example: " in text.split(f"## `{path}`\n")[1].split("\n## ")[0], path


def walk(group: click.Group, path: str) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append((f"{path} {name}", command))
        if isinstance(command, click.Group):
            found += walk(command, f"{path} {name}")
    return found


def test_every_rule_label_and_metric_is_there() -> None:
    assert all(f"`{rule.id}@{rule.version}`" in read("rules.md") for rule in lint.list_rules())
    assert all(f"| `{label}` |" in read("labels.md") for label in LABELS)
    assert all(f"| `{metric.name}` |" in read("metrics.md") for metric in metrics.ALL)


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)}
    names = {re.split(r"[\[<>=!~ ]", one)[0] for one in declared}
    told = set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"), flags=re.M))
    assert told == names


def test_no_link_between_the_pages_is_dead() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not target.startswith(("http://", "https://", "mailto:")) and not (page.parent / target).exists()
    ]
    assert not dead
