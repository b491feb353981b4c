"""The part of a house that tells hooks, without rules and model: for tests, and as a process that a test kills."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.settings import Hook, Settings
from czujka.hooking import tell_hooks
from czujka.house import House, open_http
from storage import Store


@dataclass
class Hooked:
    """What `tell_hooks` needs. `now` stands still until a test moves it."""

    store: Store
    settings: Settings
    now: datetime

    def __post_init__(self) -> None:
        self.http = open_http(self.settings)

    def clock(self) -> datetime:
        return self.now

    def jitter(self) -> float:
        return 1.0

    def address(self) -> str:
        return "https://czujka.example"

    def tell(self) -> int:
        told: Any = self
        house: House = told
        return tell_hooks(house)


def hooked(home: Path, url: str, *events: str, private: tuple[str, ...] = ("127.0.0.0/8",), timeout: str = "5s") -> Settings:
    """A company with one hook, which may be on this machine."""
    (home / "secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", encoding="utf-8")
    table = {"id": "crm", "url": url, "secret": {"file": str(home / "secret")}, "events": events or ("incident.*",), "timeout": timeout}
    made = Settings.model_validate({"company": {"name": "Mleczarnia Polna"}, "http": {"allow_private": private}, "home": home})
    return made.model_copy(update={"hook": (Hook.model_validate(table),)})


if __name__ == "__main__":
    database, folder, sink, now = sys.argv[1:]
    opened = Store.open(database)
    house = Hooked(opened, hooked(Path(folder), sink), datetime.fromisoformat(now).astimezone(UTC))
    house.tell()
    house.http.close()
    opened.close()
