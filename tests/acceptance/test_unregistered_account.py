"""Story: accounts that use the brand and that nobody registered are found, and settled."""

from pathlib import Path

from actions import register as acts
from core.register import Settled
from czujka.registering import check_accounts
from tests.acceptance.city import City

HEADER = "platform,handle,kind,owner,person,access,two_factor\n"
OURS = "x,polna,official,pr,anna,anna jan,yes\n"


def take_in(dairy: City, rows: str) -> None:
    path = Path(dairy.folder) / "accounts.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    acts.take_in(dairy.house.store, dairy.house.settings, path, "anna", dairy.now)


def swept(dairy: City) -> None:
    check_accounts(dairy.house)
    dairy.forward("2m")


def test_an_unregistered_brand_account_is_found_and_settled(dairy: City) -> None:
    """A team opened a page of its own under our short handle: its owner hears of it once, registers it, and that is that."""
    brand = dairy.house.settings.brand[0]
    changed = brand.model_copy(update={"terms": (*brand.terms, "@mlp")})
    dairy.house.settings = dairy.house.settings.model_copy(update={"brand": (changed,)})
    dairy.at("2026-11-20 10:00")
    take_in(dairy, OURS)
    dairy.post("facebook", "W czwartek otwieramy sklepik w Płocku", "mlp")
    dairy.post("facebook", "Smaczny ten twaróg", "ola_z_wsi")
    dairy.expect_nothing_else()
    swept(dairy)
    assert dairy.open_incidents() == [("account.unregistered", "high")]
    page = dairy.expect_page("anna", containing="nie ma go w rejestrze")
    assert "otwieramy sklepik w Płocku" in page.part("plain")
    dairy.post("facebook", "Jeszcze dwa dni", "mlp")
    swept(dairy)
    dairy.expect_nothing_else()

    take_in(dairy, OURS + "facebook,mlp,official,care,ewa,ewa anna,yes\n")
    swept(dairy)
    assert dairy.open_incidents() == []
    [met] = dairy.house.store.account_checks.strangers(settled=True)
    assert (met.author_key, met.settled) == ("facebook:mlp", Settled.REGISTERED)


def test_a_partner_with_our_name_is_tolerated_and_rings_no_more(dairy: City) -> None:
    """A stranger with our full name rings at once as an impostor: the register adds no second page, and settling ends the first."""
    dairy.at("2026-11-20 10:00")
    take_in(dairy, OURS)
    dairy.post("x", "W czwartek otwieramy sklepik w Płocku", "mleczarniapolna_plock")
    assert dairy.open_incidents() == [("account.impostor", "medium")]
    assert len(dairy.new_mails()) == 1
    swept(dairy)
    dairy.expect_nothing_else()
    [met] = dairy.house.store.account_checks.strangers()
    acts.settle(dairy.house.store, met.stranger_id, Settled.TOLERATED, "a shop that sells our cheese", "anna", dairy.now)
    dairy.forward("3h")
    dairy.new_mails()
    dairy.post("x", "Sklepik już otwarty", "mleczarniapolna_plock")
    swept(dairy)
    assert dairy.open_incidents() == []
    dairy.expect_nothing_else()
