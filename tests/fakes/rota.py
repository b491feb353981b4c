"""A dairy whose press team takes turns, with a real mail server behind it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.channels.email import Settings as Mail
from core.settings import Layer, Owner, Person, Schedule, Settings
from tests.fakes.dairy import dairy

WARSAW = ZoneInfo("Europe/Warsaw")


def warsaw(text: str, fold: int = 0) -> datetime:
    """A wall time there."""
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold).astimezone(UTC)


def turns(server: str, every: timedelta = timedelta(weeks=1), handover: str = "mon 09:00") -> Settings:
    """Anna (Polish) and Tom (English) take turns from Monday 2 November 2026 on, or from 1 January where they are shorter."""
    start = date(2026, 11, 2) if every >= timedelta(weeks=1) else date(2026, 1, 1)
    layer = Layer(people=("anna", "tom"), every=every, start=start, handover=handover)
    return dairy(
        person=(
            Person(id="anna", name="Anna Lis", language="pl", contacts=("email:anna@polna.example",)),
            Person(id="tom", name="Tom Reed", language="en", contacts=("email:tom@polna.example",)),
        ),
        owner=(Owner(id="pr", people=("anna", "tom"), schedule="pr-rota", escalation="page-now"), Owner(id="care", people=("tom",))),
        schedule=(Schedule(id="pr-rota", layer=(layer,)),),
        channel=(Mail(id="mail", kind="email", server=server, tls="none", sender="czujka@polna.example"),),
        route=(),
        source=(),
    )
