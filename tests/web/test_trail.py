"""How a post was found stands beside it: rule with its version, score and place, who read it, and the hash of what was read."""

import hashlib
from pathlib import Path

from click.testing import CliRunner

from czujka.cli import cli
from tests.web.calling import api, token_of
from tests.web.site import Site


def hash_of(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


def test_the_page_tells_rule_score_place_reader_and_hash(site: Site) -> None:
    [first, *_] = site.store.incidents.card(site.city.leak).evidence
    [found, *_] = first.findings
    assert found.start is not None
    with site.client(language="en") as client:
        page = client.get(f"/incidents/{site.city.leak}").text
    told = page.partition("How it was found")[2].partition("</details>")[0]
    assert f"<code>{found.detector}</code>, 0.97" in told
    assert first.quote.text[found.start : found.end] == "Projekcie Bursztyn"
    assert f"characters {found.start + 1} to {found.start + 18}" in told
    assert first.read_by is not None
    assert first.read_by in told
    assert hash_of(first.title, first.quote.text) in told


def test_of_what_is_masked_no_hash_is_told_from_which_it_could_be_guessed(site: Site) -> None:
    [masked] = site.store.incidents.card(site.city.personal).evidence
    digest = hash_of(masked.title, masked.quote.text)
    with site.client(language="en") as client:
        page = client.get(f"/incidents/{site.city.personal}").text
        assert "How it was found" in page
        assert digest not in page
    with api(site, token_of(site, "anna")) as client:
        whole = client.get(f"/incidents/{site.city.personal}").text
        assert digest not in whole
        assert '"hash":null' in whole


def test_programs_and_the_terminal_read_it_too(site: Site, tmp_path: Path) -> None:
    [first, *_] = site.store.incidents.card(site.city.leak).evidence
    digest = hash_of(first.title, first.quote.text)
    with api(site, token_of(site, "anna")) as client:
        posts = {one["id"]: one for one in client.get(f"/incidents/{site.city.leak}").json()["posts"]}
    assert (posts[first.item_id]["hash"], posts[first.item_id]["read_by"]) == (digest, first.read_by)
    file = tmp_path / "czujka.toml"
    file.write_text(f'[company]\nname = "Polna"\n[storage]\nurl = "sqlite:///{tmp_path}/czujka.db"\n', encoding="utf-8")
    shown = CliRunner().invoke(cli, ["--config", str(file), "incidents", "show", str(site.city.leak)])
    assert shown.exit_code == 0, shown.output
    assert f"read by {first.read_by}, SHA-256 {digest}" in shown.output
    assert f"by {first.findings[0].detector}, characters " in shown.output
