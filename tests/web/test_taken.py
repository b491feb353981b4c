"""A merge explains itself: on the incident's page and in the terminal, by the posts' own words, and no longer than they stand."""

from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner

from alerts.assess import decide
from core.types import Severity
from czujka.cli import cli
from storage.database import Database
from storage.schema import item
from tests.web.seed import Seed
from tests.web.site import NOW, Site

FIRST = "Poufna prezentacja mleczarni: w marcu zamkną fabrykę w Łodzi"
SECOND = "poufne slajdy z prezentacji mówią, że fabryka w Łodzi zniknie w marcu"


def merged(site: Site) -> tuple[int, int, int]:
    """Two posts of one leak, decided one after the other: the incident, and both."""
    seed = Seed(site.store, NOW)
    posts = []
    for number, text in enumerate((FIRST, SECOND)):
        seed.ids.extend([0] * (1000 + number))
        posts.append(seed.post(text, (text.split()[0], "leak.confidential", Severity.HIGH), author=f"@czytelnik{number}"))
        state = site.store.assessing.load(10, NOW, site.context.settings.alerting)
        site.store.assessing.apply(decide(state, site.context.settings, NOW), NOW)
    [row] = [row for row in site.store.incidents.list(limit=100) if row.label == "leak.confidential" and row.items == 2]
    return row.incident_id, *posts


def test_the_page_says_with_which_post_how_alike_and_by_which_words(site: Site, tmp_path: Path) -> None:
    incident_id, first, second = merged(site)
    for language, words in (("en", f"Post {second} was taken with post {first}: "), ("pl", f"Post {second} dołączono do postu {first}: ")):
        with site.client(language=language) as client:
            shown = client.get(f"/incidents/{incident_id}").text
        said = shown.partition(words)[2].partition("</span>")[0]
        assert "%" in said
        assert all(word in said for word in ("fabryka", "Łodzi", "marcu"))
    with Database(f"sqlite:///{tmp_path}/czujka.db").write() as connection:
        connection.execute(sa.update(item).where(item.c.id == first).values(deleted_at=NOW))
    with site.client(language="en") as client:
        shown = client.get(f"/incidents/{incident_id}").text
    said = shown.partition(f"Post {second} was taken with post {first}: ")[2].partition("</span>")[0]
    assert "alike" in said
    assert "(" not in said, "the words went with the post"


def test_the_terminal_says_it_too(site: Site, tmp_path: Path) -> None:
    incident_id, first, second = merged(site)
    file = tmp_path / "czujka.toml"
    file.write_text(f'[company]\nname = "Polna"\n[storage]\nurl = "sqlite:///{tmp_path}/czujka.db"\n', encoding="utf-8")
    shown = CliRunner().invoke(cli, ["--config", str(file), "incidents", "show", str(incident_id)])
    assert shown.exit_code == 0, shown.output
    assert f"post {second} was taken with post {first}: " in shown.output
    assert "Łodzi" in shown.output
