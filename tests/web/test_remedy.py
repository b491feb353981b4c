"""What somebody who complained was given, and what they wrote afterwards: on the page, over the API, in the terminal; on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.types import Author, Feeling, Item, ItemKind, Scope, Understanding, Voice
from czujka.cli import cli
from storage.items import Arrival
from storage.reading import Read
from tests.web.calling import api, evening_at, problem, token_of
from tests.web.site import NOW, Site, form_of

HOUR = timedelta(hours=1)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    with evening_at(database_url, tmp_path) as found:
        yield found


def writes(site: Site, text: str, after: timedelta, author: str = "@kasia_w", scope: Scope = Scope.MENTION, positive: float = 0.9) -> None:
    """Somebody writes, and it is read."""
    at = site.clock() + after
    item = Item(
        platform="x",
        external_id=f"later {text}",
        kind=ItemKind.POST,
        text=text,
        voice=Voice.PUBLIC,
        created_at=at,
        author=Author(id=f"u-{author}", handle=author),
        lang="pl",
    )
    site.store.items.add([Arrival(item=item, source_id="x-mentions", brand="polna", scope=scope, may_page=True, collected_at=at)], at)
    feeling = Feeling(label="positive", negative=0.05, neutral=round(0.95 - positive, 2), positive=positive)
    [unread] = site.store.reading.unread("seed", 1, at)
    assert site.store.reading.apply([Read(unread, Understanding(lang="pl", feeling=feeling, findings=()))], "seed", at) == 1


def test_what_was_given_and_what_they_wrote_since_is_told(site: Site) -> None:
    talk = f"/conversations/{site.city.late_talk}"
    with api(site, token_of(site)) as client:
        assert client.get(talk).json()["afterwards"] is None
        given = client.post(f"{talk}/remedy", json={"given": "refund", "text": "59 zł"}).json()
        assert (given["events"][-1]["kind"], given["events"][-1]["detail"]) == ("remedy", {"remedy": "refund", "text": "59 zł"})
        assert given["afterwards"] == []
        writes(site, "Zwrot przyszedł, dziękuję", HOUR)
        writes(site, "Ktoś inny też pisze", HOUR, author="@janek")
        writes(site, "Na portalu pisze ktoś o tym samym imieniu", HOUR, scope=Scope.PORTAL)
        writes(site, "To było dużo wcześniej", -HOUR)
        assert [one["text"] for one in client.get(talk).json()["afterwards"]] == ["Zwrot przyszedł, dziękuję"]
        problem(client.post(f"{talk}/remedy", json={"given": "flowers"}), 422, "invalid")
    with api(site, token_of(site, scopes=("see",))) as reader:
        problem(reader.post(f"{talk}/remedy", json={"given": "apology"}), 403, "scope_missing")


@pytest.mark.parametrize(
    ("language", "made", "line", "section", "nothing"),
    [
        ("en", "Made good", "Made good: refund: 59 zł", "What they wrote after it was made good", "Nothing so far."),
        ("pl", "Zadośćuczynienie", "Zadośćuczyniono: zwrot pieniędzy: 59 zł", "Co pisali potem", "Na razie nic."),
    ],
)
def test_the_page_takes_it_down_and_shows_what_came_after(
    site: Site, language: str, made: str, line: str, section: str, nothing: str
) -> None:
    talk = f"/conversations/{site.city.late_talk}"
    with site.client("ada", language) as ada:
        before = ada.get(talk).text
        assert made in before
        assert section not in before
        sent = ada.post(f"{talk}/remedy", data={"csrf": form_of(ada, talk), "given": "refund", "text": "59 zł"})
        assert sent.status_code == 303
        told = ada.get(talk).text
        assert line in told
        assert nothing in told.partition(section)[2].partition("</section>")[0]
        writes(site, "Zwrot przyszedł", HOUR)
        assert "Zwrot przyszedł" in ada.get(talk).text.partition(section)[2].partition("</section>")[0]


def test_the_terminal_does_it_too(site: Site, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "czujka.toml"
    file.write_text(f'[company]\nname = "Polna"\n[storage]\nurl = "{database_url}"\n', encoding="utf-8")
    number = str(site.city.late_talk)
    given = CliRunner().invoke(cli, ["--config", str(file), "conversations", "remedy", number, "replacement", "--text", "nowy ser"])
    assert given.output == f"conversation {number}: replacement\n"
    [event] = [one for one in site.store.conversations.events(site.city.late_talk) if one.kind == "remedy"]
    assert event.detail == {"remedy": "replacement", "text": "nowy ser"}
    writes(site, "Nowy ser pyszny", event.at - NOW + HOUR)
    shown = CliRunner().invoke(cli, ["--config", str(file), "conversations", "show", number]).output
    assert "replacement: nowy ser" in shown
    assert "positive: Nowy ser pyszny" in shown
