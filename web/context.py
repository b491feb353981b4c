"""What the front door hands to the pages. It may change while they are served (a configuration read again)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.clock import Clock, utc_now
from core.http import Http
from core.i18n import Told
from core.settings import Settings
from core.types import Finding, Reading
from storage import Store

Check = Callable[[], str | None]


def _no_reason(_detector: str, _language: str) -> str:
    return ""


def _bare_label(label: str, _term: str, _language: str) -> str:
    return label


class Ill(Protocol):
    """Something wrong, in words for the operator."""

    @property
    def kind(self) -> str: ...
    @property
    def what(self) -> Told: ...
    @property
    def detail(self) -> Told: ...
    @property
    def advice(self) -> Told: ...
    @property
    def alarming(self) -> bool: ...


def _no_findings(_reading: Reading) -> Sequence[Finding]:
    return ()


def _well() -> Sequence[Ill]:
    return ()


@dataclass
class Context:
    """`secret` signs forms and links. `checks` are asked by /readyz: None is well, a text says what is wrong.

    `because(detector, language)` is a detector's plain-language reason, '' if it has none; `headline(label, term, language)` what a
    label is called, `term` being the code name that was seen, if any. `http` reaches the company's
    sign-in provider. `brand_form` takes a brand's name and starts to watch it (it
    raises ConfigError with what to mend); while it is set, the first page asks for the name. `banner` stands on top of every page:
    one text, or a text for each language. `examine` answers what needs an operator's attention, `judge`
    what the rules say of a draft.
    """

    store: Store
    settings: Settings
    secret: str
    clock: Clock = utc_now
    http: Http | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    because: Callable[[str, str], str] = _no_reason
    headline: Callable[[str, str, str], str] = _bare_label
    brand_form: Callable[[str], None] | None = None
    banner: str | Mapping[str, str] | None = None
    examine: Callable[[], Sequence[Ill]] = _well
    judge: Callable[[Reading], Sequence[Finding]] = _no_findings

    def banner_in(self, language: str) -> str:
        """The banner's text for a reader, '' when there is none."""
        if self.banner is None or isinstance(self.banner, str):
            return self.banner or ""
        return self.banner.get(language) or next(iter(self.banner.values()), "")
