"""The stages and the pages as two processes on one database: each answers machines on a port of its own."""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.fakes.demonstration import running, wait_until

CONFIGURATION = """
company = { name = "Polna", fallback = "team" }
owner = [{ id = "team" }]
[[brand]]
id = "polna"
name = "Polna"
[[source]]
id = "posts"
kind = "file"
path = "posts.jsonl"
platform = "x"
scope = "mention"
brand = "polna"
every = "1s"
"""
PATIENCE_S = 60.0


def status(address: str) -> int:
    return httpx.get(address, trust_env=False).status_code


def test_the_stages_tell_machines_what_they_do_and_the_pages_do_none_of_it(tmp_path: Path) -> None:
    (tmp_path / "czujka.toml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "var").mkdir()
    post = {"id": "1", "text": "Jogurt był zepsuty", "created_at": datetime.now(UTC).isoformat(), "author_handle": "ola"}
    (tmp_path / "var" / "posts.jsonl").write_text(json.dumps(post, ensure_ascii=False) + "\n", encoding="utf-8")
    with running(tmp_path, verb="scheduler") as stages, running(tmp_path, verb="web") as pages:
        wait_until(lambda: stages.metric('czujka_stage_seconds_count{stage="assess"}') > 0, PATIENCE_S)
        wait_until(lambda: stages.metric("czujka_items_collected_total{") > 0, PATIENCE_S)
        assert [status(stages.address + path) for path in ("/healthz", "/readyz", "/", "/sign-in")] == [200, 200, 404, 404]
        assert [status(pages.address + path) for path in ("/healthz", "/readyz", "/sign-in")] == [200, 200, 200]
        assert pages.metric("czujka_stage_seconds_count") == 0
