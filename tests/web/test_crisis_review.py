"""The review of a crisis over HTTP: what was late, minute by minute, actions that point somewhere, as a page and as a file."""

from datetime import timedelta

import pytest

from actions import crisis as acts
from core.crisis import Kind, Part, Stage
from core.settings import Person
from tests.web.site import NOW, Site, form_of
from tests.web.test_sharing import words_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def over(site: Site) -> Site:
    """A leak that lasted two hours, stood down an hour ago; Jan led, Anna spoke after ninety minutes."""
    begun = NOW - timedelta(hours=3)
    people = (*site.context.settings.person, Person(id="vic", name="Vic", roles=("viewer",)), Person(id="cora", roles=("compliance",)))
    site.context.settings = site.context.settings.model_copy(update={"person": people})
    settings = site.context.settings
    number = acts.declare(site.store, settings, "The code name is out", "jan", begun, kind=Kind.LEAK, incident_id=site.city.leak)
    acts.give_role(site.store, settings, number, Part.SPOKESPERSON, "anna", "jan", begun + 5 * MINUTE)
    acts.tick(site.store, number, "pause-scheduled", "jan", begun + 5 * MINUTE)
    acts.tick(site.store, number, "what-leaked", "jan", begun + 42 * MINUTE)
    said = acts.draft(site.store, number, "We know of the slide.", "en", "jan", begun + 80 * MINUTE)
    acts.approve(site.store, number, said, "anna", begun + 85 * MINUTE)
    acts.publish(site.store, number, said, "our site", "jan", begun + 90 * MINUTE)
    acts.stand_down(site.store, number, "the slide is gone", "jan", begun + 120 * MINUTE)
    return site


def an_action(**how: str) -> dict[str, str]:
    return {"text": "Mark slides", "owner": "anna", "day": "2026-11-27", "about": "training", "pointer": "slides"} | how


def test_what_was_late_and_what_was_not(over: Site) -> None:
    with over.client("jan") as client:
        page = client.get("/crisis/1/review").text
    assert "12 min late: Find out what leaked" in page
    assert "Never done: Freeze who may publish" in page
    assert "The first statement came only after 1 h 30 min." in page
    assert "Never done: Pause scheduled" not in page
    assert "Personal data?" not in page, "it was over before that was due"
    assert "<dt>How long</dt><dd>2 h, since Friday 20 November 2026, 19:14</dd>" in page
    assert "<dt>Checklist</dt><dd>2 of 9 items done</dd>" in page


def test_the_time_line_holds_room_and_incident_minute_by_minute(over: Site) -> None:
    with over.client("jan") as client:
        page = client.get("/crisis/1/review").text
    line = page[page.index("Minute by minute") :]
    told = [
        "The crisis was declared",
        "Spokesperson: Anna Lis",
        "Done: Find out what leaked",
        "Statement 1 went out",
        "stood down: the slide",
    ]
    places = [line.index(words) for words in told]
    assert places == sorted(places)
    assert "Czujka" in line, "what the machine did with the incident stands there too"


def test_the_lead_plans_actions_and_closes_and_a_viewer_only_reads(over: Site) -> None:
    with over.client("vic") as client:
        csrf = form_of(client, "/crisis/1/review")
        assert client.post("/crisis/1/actions", data=an_action(csrf=csrf)).status_code == 403
        assert "Plan an action" not in client.get("/crisis/1/review").text
    with over.client("jan") as client:
        csrf = form_of(client, "/crisis/1/review")
        assert client.post("/crisis/1/close", data={"csrf": csrf}).status_code == 422, "nothing was learned"
        for how in (
            {"day": "tomorrow"},
            {"day": "2026-11-01"},
            {"about": "clause", "pointer": "POL-99"},
            {"owner": "nobody"},
            {"text": " "},
        ):
            assert client.post("/crisis/1/actions", data=an_action(csrf=csrf, **how)).status_code == 422, how
        assert client.post("/crisis/1/actions", data=an_action(csrf=csrf, text="Mark <b>slides</b>")).status_code == 303
        page = client.get("/crisis/1/review").text
        assert "Mark &lt;b&gt;slides&lt;/b&gt;" in page
        assert "by Fri 27 Nov" in page
        over.clock.now += timedelta(days=8)
        assert "late since Fri 27 Nov" in client.get("/crisis/1/review").text
        csrf = form_of(client, "/crisis/1/review")
        assert client.post("/crisis/1/close", data={"csrf": csrf}).status_code == 303
        assert client.post("/crisis/1/actions", data=an_action(csrf=csrf, day="2027-01-04")).status_code == 422, "it is closed"
        assert client.post("/crisis/1/actions/1/done", data={"csrf": csrf}).status_code == 303
        assert client.post("/crisis/1/actions/1/done", data={"csrf": csrf}).status_code == 409
    room = over.store.crises.room(1)
    assert (room.crisis.stage, room.actions[0].done_by) == (Stage.REVIEWED, "jan")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "pl",
            ("The code name is out", "Minuta po minucie", "Niezrobione: Ogranicz", "12 min po terminie", "Rzecznik: Anna Lis"),
        ),
        ("en", ("Review: The code name is out", "Minute by minute", "Never done: Freeze", "12 min late", "Spokesperson: Anna Lis")),
    ],
)
def test_the_file_holds_the_same_in_both_languages(over: Site, language: str, words: tuple[str, ...]) -> None:
    with over.client("jan", language=language) as client:
        answer = client.get("/crisis/1/review.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="crisis-1-review.pdf"' in answer.headers["content-disposition"]
    drawn = words_of(answer.content)
    for each in words:
        assert each in drawn
