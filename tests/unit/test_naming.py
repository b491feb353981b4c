"""Who a post names: us, a competitor, both; inflected, as a hashtag; and nothing where nobody is compared."""

import pytest

from classifiers.naming import Naming
from classifiers.rules.context import BrandTerms, RuleContext
from core.types import Reading, Scope, Voice

DAIRY = BrandTerms(id="polna", name="Mleczarnia Polna", terms=("#polna",), competitors=("Mleczarnia Górna", "Serownia Dolna"))
OTHER = BrandTerms(id="lody", name="Lody Polne")
NAMING = Naming.of(RuleContext(brands=(DAIRY, OTHER)))
GORNA, DOLNA = "Mleczarnia Górna", "Serownia Dolna"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Mleczarnia Polna ma najlepsze sery", ("",)),
        ("wolę sery z Mleczarni Górnej", (GORNA,)),
        ("wole sery z mleczarni gornej", (GORNA,)),
        ("Mleczarnia Polna czy Mleczarnia Górna? Polna!", ("", GORNA)),
        ("#MleczarniaGórna znowu podrożała", (GORNA,)),
        ("Górna i Serownia Dolna mają promocję", (GORNA, DOLNA)),
        ("paczka nie doszła", ("",)),
        ("góra sera za pół ceny", ("",)),
    ],
)
def test_whom_a_post_names(text: str, named: tuple[str, ...]) -> None:
    assert NAMING.named(Reading(text=text, brand="polna"), "pl") == named


@pytest.mark.parametrize(
    "reading",
    [
        Reading(text="Mleczarnia Górna", brand="lody"),
        Reading(text="Mleczarnia Górna", brand="polna", voice=Voice.OURS),
        Reading(text="Mleczarnia Górna", brand="polna", scope=Scope.EMPLOYEE),
        Reading(text="Mleczarnia Górna", brand="polna", scope=Scope.PORTAL),
    ],
)
def test_whom_nobody_asks_about_is_not_counted(reading: Reading) -> None:
    assert NAMING.named(reading, "pl") == ()


def test_without_competitors_nobody_is_compared() -> None:
    assert Naming.of(RuleContext()).named(Reading(text="Mleczarnia Górna"), "pl") == ()
    assert Naming.of(RuleContext(brands=(OTHER,))).named(Reading(text="Lody Polne", brand="lody"), "pl") == ()
