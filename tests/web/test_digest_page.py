"""The digest as a page: the week that is over, for who may see the whole company; its sheet beside it."""

from http import HTTPStatus

from tests.web.site import Site

ROLES = {"ewa": ("responder@owner:care",)}


def narrow(site: Site) -> None:
    """Ewa may see what is care's alone; everybody else has no role, and sees nothing."""
    settings = site.context.settings
    people = tuple(one.model_copy(update={"roles": ROLES.get(one.id, ())}) for one in settings.person)
    site.context.settings = settings.model_copy(update={"person": people})


def test_a_week_is_read_and_taken_along(site: Site) -> None:
    with site.client("anna") as client:
        shown = client.get("/digest")
        assert shown.status_code == HTTPStatus.OK
        assert "2026-W46" in shown.text
        assert "/digest.csv?week=2026-W46" in shown.text
        sheet = client.get("/digest.csv?week=2026-W46")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.headers["content-disposition"] == 'attachment; filename="czujka-2026-W46.csv"'
    assert sheet.text.splitlines()[0] == "week,part,name,figure,value"
    assert "2026-W46,said,2026-11-09,posts,0" in sheet.text.splitlines()


def test_a_week_that_is_not_over_or_none_at_all_is_not_there(site: Site) -> None:
    with site.client("anna") as client:
        for week in ("2026-W47", "2026-W99", "next", "2099-W01"):
            assert client.get("/digest", params={"week": week}).status_code == HTTPStatus.NOT_FOUND, week
            assert client.get("/digest.csv", params={"week": week}).status_code == HTTPStatus.NOT_FOUND, week


def test_who_sees_a_part_does_not_see_the_sums_of_the_whole(site: Site) -> None:
    narrow(site)
    with site.client("ewa") as client:
        shown, whole = client.get("/digest"), client.get("/digest.csv")
        assert 'href="/digest"' in client.get("/").text
    assert (shown.status_code, whole.status_code) == (HTTPStatus.OK, HTTPStatus.OK)
    assert "answers for is counted here" in shown.text
    assert "cases" not in {line.split(",")[1] for line in whole.text.splitlines()}
    assert {"said", "answers"} <= {line.split(",")[1] for line in whole.text.splitlines()}


def test_who_sees_nothing_has_no_digest(site: Site) -> None:
    settings = site.context.settings
    people = tuple(one.model_copy(update={"roles": ("staff",)}) for one in settings.person)
    site.context.settings = settings.model_copy(update={"person": people, "owner": ()})
    with site.client("ewa") as client:
        assert client.get("/digest").status_code == HTTPStatus.FORBIDDEN
        assert client.get("/digest.csv").status_code == HTTPStatus.FORBIDDEN
