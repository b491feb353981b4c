"""Who hears by mail that there is a case: whoever judges cases, never whom it is about, and nobody in their place."""

from datetime import UTC, datetime

import pytest

from alerts.channels.email import Settings as Mail
from core.cases import Case, CaseStage
from core.settings import Company, Office, Owner, Person, Settings
from czujka.case_letters import judging


def a_case(concerned: str = "", brand: str | None = "polna") -> Case:
    return Case(
        number=1,
        clause="POL-07",
        policy_version=1,
        label="",
        brand=brand,
        incident_id=None,
        concerned=concerned,
        stage=CaseStage.OPENED,
        version=1,
        opened_by="ola",
        opened_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def dairy(**roles: tuple[str, ...]) -> Settings:
    """Ola, Piotr and Jan with these roles; Jan is the fallback team, Piotr holds the office of compliance."""
    names = {"ola": "Ola Kos", "piotr": "Piotr Sum", "jan": "Jan Wrona"}
    people = tuple(Person(id=one, name=name, contacts=(f"email:{one}@x.example",), roles=roles.get(one, ())) for one, name in names.items())
    return Settings(
        company=Company(name="Mleczarnia Polna", fallback="pr"),
        person=people,
        owner=(Owner(id="pr", people=("jan",)),),
        channel=(Mail(id="mail", kind="email"),),
        office=(Office(id="compliance", people=("piotr",)),),
    )


@pytest.mark.parametrize(
    ("roles", "case", "told"),
    [
        ({"ola": ("compliance",), "jan": ("admin",)}, a_case(), ["ola"]),
        ({"ola": ("compliance",), "piotr": ("compliance@brand:gorna",)}, a_case(), ["ola"]),
        ({"ola": ("compliance",), "piotr": ("compliance@brand:polna",)}, a_case(), ["ola", "piotr"]),
        ({"ola": ("compliance",), "piotr": ("compliance",)}, a_case("Ola Kos"), ["piotr"]),
        ({"ola": ("compliance",)}, a_case("@OLA"), []),
        ({"jan": ("admin",)}, a_case(), []),
        ({}, a_case(), ["piotr"]),
        ({}, a_case("piotr"), []),
    ],
)
def test_who_is_told(roles: dict[str, tuple[str, ...]], case: Case, told: list[str]) -> None:
    assert [reader.person for reader in judging(dairy(**roles), case)] == told


def test_without_office_and_roles_the_fallback_team_is_told() -> None:
    alone = dairy().model_copy(update={"office": ()})
    assert [reader.person for reader in judging(alone, a_case())] == ["jan"]
