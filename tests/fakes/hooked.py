"""A company with one hook, and the part of its house that tells hooks."""

from pathlib import Path

from core.settings import Hook, Settings
from tests.fakes.bare import Bare


class Hooked(Bare):
    """Tells its hook what happened."""

    def tell(self) -> int:
        return self.does("hooks")


def hooked(home: Path, url: str, *events: str, private: tuple[str, ...] = ("127.0.0.0/8",), timeout: str = "5s") -> Settings:
    """The hook may be on this machine."""
    (home / "secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", encoding="utf-8")
    table = {"id": "crm", "url": url, "secret": {"file": str(home / "secret")}, "events": events or ("incident.*",), "timeout": timeout}
    made = Settings.model_validate({"company": {"name": "Mleczarnia Polna"}, "http": {"allow_private": private}, "home": home})
    return made.model_copy(update={"hook": (Hook.model_validate(table),)})
