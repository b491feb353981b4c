"""The page of the rules: compliance accepts what is proposed and takes it back; who may not tune sees it and has no button."""

from http import HTTPStatus

import pytest
import sqlalchemy as sa

from actions import rulings
from actions.verdicts import judge
from core.rulings import Standing
from core.settings import Person
from core.types import Severity
from core.verdicts import Said
from storage.schema import finding
from tests.web.seed import Seed
from tests.web.site import NOW, Site, form_of

RULE = "complaint.delivery.parcel"


@pytest.fixture
def judged(site: Site) -> Site:
    """Eleven findings of one rule, nine of them called wrong; Cora is compliance, Vera may look."""
    seed = Seed(site.store, NOW, ids=[0] * 500)
    for number in range(11):
        seed.post(f"paczka {number} z Polnej", ("paczka", "complaint.delivery", Severity.MEDIUM), author=f"@kto{number}")
    with site.store.database.write() as connection:
        numbers = connection.execute(sa.select(finding.c.id).order_by(finding.c.id.desc()).limit(11)).scalars().all()
        connection.execute(sa.update(finding).where(finding.c.id.in_(numbers)).values(detector=f"{RULE}@{version(RULE)}"))
    for place, number in enumerate(numbers):
        judge(site.store, number, Said.RIGHT if place < 2 else Said.WRONG, "anna", NOW)
    people = (Person(id="cora", name="Cora", roles=("compliance",)), Person(id="vera", name="Vera", roles=("viewer",)))
    people += (Person(id="olga", name="Olga", roles=("account-owner@brand:polna",)),)
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    return site


def version(rule: str) -> int:
    return next(one.version for one in rulings.list_rules() if one.id == rule)


def test_compliance_accepts_what_is_proposed_and_takes_it_back(judged: Site) -> None:
    with judged.client("cora") as client:
        shown = client.get("/rules").text
        assert "2 of 11 right" in shown
        csrf = form_of(client, "/rules")
        assert client.post("/rules/accept", data={"csrf": csrf, "name": RULE}).status_code == HTTPStatus.SEE_OTHER
        [held] = judged.store.rulings.holding().holding
        assert (held.name, held.standing, held.made_by, held.reason) == (RULE, Standing.TRIAL, "cora", "2 of 11 judged right")
        again = client.post("/rules/accept", data={"csrf": csrf, "name": RULE})
        assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "not proposed any more" in again.text
        assert "Cora: 2 of 11 judged right" in client.get("/rules").text
        assert client.post("/rules/revoke", data={"csrf": csrf, "name": RULE}).status_code == HTTPStatus.SEE_OTHER
    assert judged.store.rulings.holding().holding == ()
    acts = [line.act for line in judged.store.audit.lines() if line.actor == "cora" and line.act.startswith("rule_")]
    assert acts == ["rule_ruling_revoked", "rule_ruled"]


def test_a_rule_is_put_on_trial_by_hand_with_a_reason(judged: Site) -> None:
    with judged.client("cora", "pl") as client:
        csrf = form_of(client, "/rules")
        wrong = client.post("/rules/trial", data={"csrf": csrf, "name": "no.such.rule", "reason": "hałas"})
        assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Podaj nazwę reguły albo etykiety oraz powód." in wrong.text
        done = client.post("/rules/trial", data={"csrf": csrf, "name": "label:question", "reason": "hałas"})
        assert done.status_code == HTTPStatus.SEE_OTHER
        assert "hałas" in client.get("/rules").text


@pytest.mark.parametrize("person", ["vera", "olga"])
def test_who_may_not_tune_everywhere_only_looks(judged: Site, person: str) -> None:
    with judged.client(person) as client:
        shown = client.get("/rules").text
        assert "2 of 11 right" in shown
        assert 'action="/rules/accept"' not in shown
        csrf = form_of(client, "/account")
        assert client.post("/rules/accept", data={"csrf": csrf, "name": RULE}).status_code == HTTPStatus.FORBIDDEN
    assert judged.store.rulings.holding().holding == ()
