"""What the tests of the pages share: a running site, a clock that stands still, a browser's visit."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from actions.sign_in import invite
from core.links import ack_token
from storage import Store
from tests.web.seed import City
from web import Context, create_app

NOW = datetime(2026, 11, 20, 21, 14, tzinfo=UTC)
SECRET = "a secret of the tests, forty characters long"
REASONS = {"pl": "Nazwa kodowa pojawiła się poza firmą.", "en": "A code name was seen outside."}


@dataclass
class Clock:
    """Time that stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Site:
    """A running server with its store, and what was seeded in it."""

    url: str
    store: Store
    context: Context
    clock: Clock
    city: City

    def link(self, person: str = "anna") -> str:
        """A fresh sign-in link."""
        return f"{self.url}/sign-in?token={invite(self.store, person, self.clock())}"

    def ack(self, incident_id: int, person: str = "jan") -> str:
        """An acknowledge link as a mail has it."""
        return f"{self.url}/ack/{ack_token(SECRET, incident_id, person, self.clock())}"

    @contextmanager
    def client(self, person: str | None = "anna", language: str = "en") -> Iterator[httpx.Client]:
        """A plain HTTP client, signed in unless `person` is None."""
        with httpx.Client(base_url=self.url, headers={"Accept-Language": language}, trust_env=False, timeout=60) as client:
            if person is not None:
                answer = client.post("/sign-in", data={"token": invite(self.store, person, self.clock())})
                assert answer.status_code == 303
            yield client


class serve:
    """Run the application until the block ends."""

    def __init__(self, context: Context) -> None:
        config = uvicorn.Config(
            create_app(context), log_level="error", access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()  # who connects before the thread runs waits in the backlog
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listening]}, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._listening.close()
        assert not self._thread.is_alive()


@dataclass
class Visit:
    """Opens pages in the browser and remembers what went wrong or went out."""

    browser: Browser
    opened: list[BrowserContext]
    errors: list[str]
    requests: list[str]

    def page(
        self, url: str, *, width: int = 1280, language: str = "en", scripts: bool = True, dark: bool = False, sign_in: str | None = None
    ) -> Page:
        """A page in a browser of its own; `sign_in` is a link to use first."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 844 if width < 800 else 900},
            locale=language,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            has_touch=width < 800,
        )
        self.opened.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))
        if sign_in is not None:
            page.goto(sign_in)
            page.locator("main button").click()
        page.goto(url)
        return page


def form_of(client: httpx.Client, path: str) -> str:
    """The form token that a page gives."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)
    assert found is not None
    return found[1]
