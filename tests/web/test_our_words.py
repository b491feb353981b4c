"""The page of our own words: what differs from a key fact, replies worth another look, shown to who may see the posts."""

from datetime import timedelta

import pytest

from core.settings import Fact, Person
from core.types import Voice
from tests.web.seed import Seed
from tests.web.site import NOW, Site

FACT = Fact(id="maturing", statement="Bursztyn dojrzewa 12 miesięcy.", pattern=r"dojrzewa (\d+) mies", approved_by="Anna Lis")


@pytest.fixture
def talking(site: Site) -> Site:
    """A question that got courtesy alone, one that got an answer, and two statements on one fact, one of them older than the page shows."""
    seed = Seed(site.store, NOW, ids=[0] * 600)
    seed.post("Kiedy zwrócicie mi pieniądze?", author="@kto")
    seed.post("Dziękujemy za kontakt", author="@polna", voice=Voice.OURS, answers=601)
    seed.post("Czy ser ma laktozę?", author="@ktos")
    seed.post("Nie, ser dojrzewający jej nie ma.", author="@polna", voice=Voice.OURS, answers=603)
    seed.post("Nasz Bursztyn dojrzewa 18 miesięcy!", author="@polna", voice=Voice.OURS)
    seed.post("Nasz Bursztyn dojrzewa 6 miesięcy!", author="@polna", voice=Voice.OURS, ago=timedelta(days=40))
    people = (Person(id="vera", name="Vera", roles=("viewer",)), Person(id="olaf", name="Olaf", roles=("viewer@brand:inna",)))
    settings = site.context.settings
    site.context.settings = settings.model_copy(update={"fact": (FACT,), "person": (*settings.person, *people)})
    return site


def test_what_is_wrong_is_shown_with_the_posts_and_what_is_well_is_not(talking: Site) -> None:
    with talking.client("vera") as client:
        shown = client.get("/our-words").text
    assert "says 18, not 12" in shown
    assert "Bursztyn dojrzewa 12 miesięcy." in shown
    assert "Dziękujemy za kontakt" in shown
    assert "nothing but courtesy 1 · a question left open 1" in shown
    assert "laktozę" not in shown
    assert "dojrzewa 6" not in shown


def test_who_may_not_see_the_brand_sees_none_of_it(talking: Site) -> None:
    with talking.client("olaf") as client:
        shown = client.get("/our-words").text
    assert "Dziękujemy" not in shown
    assert "dojrzewa 18" not in shown


def test_in_polish(talking: Site) -> None:
    with talking.client("vera") as client:
        client.cookies.set("czujka_language", "pl")
        assert "podaje 18 zamiast 12" in client.get("/our-words").text
