"""Who answers: the gravest finding's first fitting route; everybody else concerned takes part; nothing is unrouted."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.route import Place, Topic, explain, fits_label, joined_at, place_of, route
from core.records import FreshItem
from core.settings import Company, Owner, Route, Settings, SourceSettings
from core.types import Author, Scope, Severity
from tests.fakes.dairy import dairy, finding, post

X = Place(brand="polna", platform="x", source="x-mentions", language="pl", scope=Scope.MENTION)


def test_the_gravest_finding_names_the_owner_and_the_others_take_part() -> None:
    topics = [Topic("complaint.delivery", Severity.MEDIUM), Topic("leak.codename", Severity.CRITICAL), Topic("policy.insult", Severity.LOW)]
    routed = route(X, topics, dairy())
    assert routed.owner == "security"
    assert routed.participants == ("care", "compliance")


def test_the_first_fitting_route_wins_and_severity_can_choose() -> None:
    assert route(X, [Topic("complaint.delivery", Severity.MEDIUM)], dairy()).owner == "care"
    assert route(X, [Topic("complaint.delivery", Severity.HIGH)], dairy()).owner == "pr"
    assert joined_at(X, "complaint.delivery", Severity.MEDIUM, Severity.HIGH, dairy()) == ("pr",)
    assert joined_at(X, "complaint.delivery", Severity.LOW, Severity.MEDIUM, dairy()) == ()


def test_a_route_may_bring_participants() -> None:
    settings = dairy(route=(Route(label="leak.*", owner="security", participants=("pr", "security")),))
    assert route(X, [Topic("leak.pii.iban", Severity.HIGH)], settings).participants == ("pr",)


@pytest.mark.parametrize(
    "one",
    [
        Route(owner="pr", brand="gorna"),
        Route(owner="pr", platform="facebook"),
        Route(owner="pr", source="feed"),
        Route(owner="pr", language="en"),
        Route(owner="pr", scope=Scope.OFFICIAL),
        Route(owner="pr", min_severity=Severity.HIGH),
        Route(owner="pr", label="leak.*"),
        Route(owner="pr", label="complaints.*"),
    ],
)
def test_a_route_that_asks_for_something_else_does_not_fit(one: Route) -> None:
    settings = dairy(route=(one, Route(owner="care")))
    assert route(X, [Topic("complaint.delivery", Severity.MEDIUM)], settings).owner == "care"


def test_what_no_route_takes_goes_to_the_sources_owner_then_to_the_fallback() -> None:
    settings = dairy(route=(), source=(SourceSettings(id="x-mentions", kind="x", owner="compliance"),))
    item = post(finding("praise"))
    assert route(place_of(item, settings), [Topic("praise", Severity.INFO)], settings).owner == "compliance"
    assert route(X, [], dairy(route=())).owner == "pr"
    bare = Settings(company=Company(name="Polna"), owner=(Owner(id="team"),))
    assert route(X, [Topic("crisis.press", Severity.HIGH)], bare).owner == "team"


@pytest.mark.parametrize(
    ("pattern", "label", "fits"),
    [
        ("*", "leak.pii", True),
        ("leak.*", "leak.pii.pesel", True),
        ("leak.*", "leaks.pii", False),
        ("leak.pii", "leak.pii.pesel", True),
        ("leak.pii", "leak.pii", True),
        ("leak.pii.pesel", "leak.pii", False),
        ("question", "question", True),
    ],
)
def test_label_patterns(pattern: str, label: str, fits: bool) -> None:
    assert fits_label(pattern, label) is fits


def test_explain_says_which_route_won_and_why_the_others_did_not() -> None:
    settings = dairy(
        route=(Route(label="leak.*", owner="security"), Route(owner="pr", language="en"), Route(label="complaint.*", owner="care"))
    )
    assert explain(post(finding("complaint.delivery")), settings) == [
        "complaint.delivery [medium]",
        "  route 1 (leak.* → security) does not fit: it is for leak.*",
        "  route 2 (* → pr) does not fit: it wants language en, this is pl",
        "  route 3 (complaint.* → care) wins",
        "owner: care",
        "participants: none",
    ]


def test_explain_an_item_without_a_route() -> None:
    lines = explain(post(), dairy(route=(Route(label="leak.*", owner="security"),)))
    assert lines[0] == "no finding [info]"
    assert "  no route fits: pr answers, the owner of the fallback" in lines


labels = st.sampled_from(["leak.codename", "complaint.delivery", "question", "policy.insult", "praise", "crisis.press"])


@given(st.lists(st.builds(Topic, label=labels, severity=st.sampled_from(Severity)), max_size=5))
def test_somebody_always_answers_and_nobody_is_told_twice(topics: list[Topic]) -> None:
    settings = dairy()
    routed = route(X, topics, settings)
    everybody = [routed.owner, *routed.participants]
    assert set(everybody) <= {owner.id for owner in settings.owner}
    assert len(everybody) == len(set(everybody))
    assert len(routed.why) == max(1, len(topics))


class TestAccountTopicAndHours:
    """A route may ask for an account of ours, for words, for a time of the week; `route explain` says why it does not fit."""

    def owner(self, one: Route, item: FreshItem) -> str:
        settings = dairy(route=(one, Route(owner="care")))
        return route(place_of(item, settings), [Topic("complaint.delivery", Severity.MEDIUM)], settings).owner

    @pytest.mark.parametrize(
        ("account", "owner"), [("Polna_Sklep", "pr"), ("@polna_sklep", "pr"), ("77", "pr"), ("kasia", "pr"), ("polna", "care")]
    )
    def test_whose_post_it_is_or_answers(self, account: str, owner: str) -> None:
        item = post(author=Author(id="9", handle="@Kasia"), answers_key="x:polna_sklep")
        other = post(author=Author(id="77", handle="ktoś"))
        assert self.owner(Route(owner="pr", account=account), other if account == "77" else item) == owner

    @pytest.mark.parametrize(
        ("text", "owner"), [("Co z FABRYKĄ w Łodzi?", "pr"), ("fabryka! dymi", "pr"), ("prefabrykat", "care"), ("", "care")]
    )
    def test_a_topic_is_a_word_however_it_is_written(self, text: str, owner: str) -> None:
        assert self.owner(Route(owner="pr", topic=("fabryka", "fabryką")), post(text=text)) == owner

    @pytest.mark.parametrize(("at", "owner"), [("2026-11-18T11:00", "pr"), ("2026-11-18T17:00", "care"), ("2026-11-21T11:00", "care")])
    def test_hours_are_those_of_the_company(self, at: str, owner: str) -> None:
        """17:00 UTC is 18:00 in Warsaw, when the office has closed; the 21st is a Saturday."""
        item = post(at=datetime.fromisoformat(at).replace(tzinfo=UTC))
        assert self.owner(Route(owner="pr", hours="mon-fri 08:00-18:00"), item) == owner

    def test_explain_says_why_the_others_did_not_win(self) -> None:
        routes = (
            Route(owner="pr", account="polna_sklep"),
            Route(owner="pr", topic=("fabryka",)),
            Route(owner="pr", hours="sat 08:00-18:00"),
            Route(owner="care"),
        )
        told = explain(post(finding("complaint.delivery"), by="kasia"), dairy(route=routes))
        assert told == [
            "complaint.delivery [medium]",
            "  route 1 (* → pr) does not fit: it wants the account polna_sklep, this is kasia",
            "  route 2 (* → pr) does not fit: it wants one of the words fabryka, none is there",
            "  route 3 (* → pr) does not fit: it holds sat 08:00-18:00, this came in at wed 12:00",
            "  route 4 (* → care) wins",
            "owner: care",
            "participants: none",
        ]
