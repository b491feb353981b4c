"""Programs that call the API: a site on any database, tokens, and what a problem must say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from actions import tokens
from core.settings import Person
from storage import Store
from tests.web.seed import City, evening, settings
from tests.web.site import NOW, SECRET, Clock, Site, serve
from web import Context

ALL = ("see", "act", "tune", "audit", "govern")


@contextmanager
def evening_at(database_url: str, home: Path) -> Iterator[Site]:
    """The dairy's evening, with Vera who sees one team's and Ada who may do everything."""
    store = Store.open(database_url)
    city: City = evening(store, settings(home), NOW)
    config = settings(home)
    people = (*config.person, Person(id="vera", roles=("viewer@owner:care",)), Person(id="ada", roles=("admin",)))
    context = Context(store, config.model_copy(update={"person": people}), SECRET, clock=Clock())
    with serve(context) as url:
        assert isinstance(context.clock, Clock)
        yield Site(url, store, context, context.clock, city)
    store.close()


def token_of(site: Site, person: str = "ada", scopes: tuple[str, ...] = ALL, valid: timedelta = timedelta(days=1)) -> str:
    return tokens.make(site.store, site.context.settings, "test", person, scopes, valid, "tests", site.clock())


def api(site: Site, token: str | None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=f"{site.url}/api/v1", headers=headers, trust_env=False, timeout=60)


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """Every error is a problem that says how to mend it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert (said["type"], said["status"]) == (f"urn:czujka:problem:{kind}", status)
    assert said["mend"]
    return said
