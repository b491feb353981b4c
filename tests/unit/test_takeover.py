"""An account's own habits: what is new on any day, what is a stranger at the keyboard, what nobody can know yet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.takeover import BECAUSE, oddities, takeover, with_takeovers
from core.habits import HABITS, LABEL, Posted, Ways, client_of, detector_of, hosts_of
from core.records import AssessState
from core.settings import Brand
from core.types import Scope, Severity, Voice
from tests.fakes.dairy import dairy, post

ZONE = dairy().zone()
NIGHT = datetime(2026, 11, 20, 3, 10, tzinfo=UTC)
"""04:10 in Warsaw."""
WORKDAYS = tuple(
    Posted(
        at=datetime(2026, 11, 19, 9 + n % 6, 5, tzinfo=UTC) - timedelta(days=n),
        client="planer",
        lang="pl",
        hosts=hosts_of("https://polna.pl"),
    )
    for n in range(60)
)
USUAL = Posted(at=datetime(2026, 11, 20, 11, 0, tzinfo=UTC), client="planer", lang="pl", hosts=hosts_of("zobacz https://polna.pl/ser"))
STRANGE = Posted(at=NIGHT, client="autopost", lang="en", hosts=hosts_of("https://double-btc.example/x"))


def odd(one: Posted, before: tuple[Posted, ...] = WORKDAYS) -> tuple[str, ...]:
    return oddities(Ways(post=one, before=before), ZONE, ["polna.example"])


def test_a_usual_post_has_nothing_odd_and_a_strange_one_all_but_the_burst() -> None:
    assert odd(USUAL) == ()
    assert odd(STRANGE) == ("client", "hour", "language", "link")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"client": "autopost"}, ("client",)),
        ({"client": ""}, ()),
        ({"lang": "en"}, ("language",)),
        ({"lang": ""}, ()),
        ({"at": NIGHT}, ("hour",)),
        ({"at": datetime(2026, 11, 20, 8, 59, tzinfo=UTC)}, ()),
        ({"hosts": hosts_of("https://bit.example/1")}, ("link",)),
        ({"hosts": hosts_of("https://sklep.polna.example/1 https://polna.pl")}, ()),
        ({"hosts": hosts_of("https://notpolna.example")}, ("link",)),
    ],
)
def test_each_thing_by_itself(change: dict[str, object], found: tuple[str, ...]) -> None:
    assert odd(replace(USUAL, **change)) == found  # type: ignore[arg-type]


def test_an_account_without_a_past_has_no_habits() -> None:
    assert odd(STRANGE, WORKDAYS[:19]) == ()
    assert odd(STRANGE, WORKDAYS[:20]) == ("client", "hour", "language", "link")


def test_where_the_platform_named_no_program_before_none_is_new() -> None:
    nameless = tuple(replace(one, client="") for one in WORKDAYS)
    assert odd(replace(USUAL, client="autopost"), nameless) == ()


def test_one_post_in_sixty_is_no_habit_and_two_are() -> None:
    once, twice = (tuple(replace(one, client="autopost") if n < times else one for n, one in enumerate(WORKDAYS)) for times in (1, 2))
    assert odd(replace(USUAL, client="autopost"), once) == ("client",)
    assert odd(replace(USUAL, client="autopost"), twice) == ()


def test_five_posts_in_ten_minutes_are_a_burst_unless_it_was_so_before() -> None:
    burst = tuple(replace(USUAL, at=USUAL.at - timedelta(minutes=n)) for n in range(1, 5))
    assert odd(USUAL, (*burst, *WORKDAYS)) == ("burst",)
    before = tuple(replace(one, at=one.at - timedelta(days=3)) for one in burst)
    assert odd(USUAL, (*burst, *before, *WORKDAYS)) == ()


class TestFinding:
    ITEM = post(voice=Voice.OURS, scope=Scope.OFFICIAL)

    def severity(self, one: Posted, **changes: object) -> Severity | None:
        found = takeover(replace(self.ITEM, **changes), Ways(post=one, before=WORKDAYS), dairy())  # type: ignore[arg-type]
        assert {each.label for each in found} <= {LABEL}
        return found[0].severity if found else None

    def test_one_new_thing_is_a_day_two_are_high_and_three_critical(self) -> None:
        assert self.severity(replace(USUAL, client="autopost")) is None
        assert self.severity(replace(USUAL, lang="en", at=NIGHT)) is None, "a person of ours may write in English at night"
        assert self.severity(replace(USUAL, client="autopost", lang="en")) is Severity.HIGH
        assert self.severity(replace(STRANGE, lang="pl")) is Severity.CRITICAL

    def test_old_posts_say_nothing(self) -> None:
        assert self.severity(STRANGE, may_page=False) is None

    def test_what_people_called_ours_is_a_habit_at_once(self) -> None:
        ours = Ways(post=replace(STRANGE, at=STRANGE.at + timedelta(minutes=30)), before=WORKDAYS, vouched=(STRANGE,))
        assert oddities(ours, ZONE) == ()
        other = replace(STRANGE, client="third-program")
        assert oddities(replace(ours, post=other), ZONE) == ("client",), "and nothing else is"

    def test_what_is_ruled_out_counts_for_nothing_and_is_kept_for_the_trial(self) -> None:
        ways = Ways(post=replace(STRANGE, at=USUAL.at, lang="pl"), before=WORKDAYS)
        assert {one.detector for one in takeover(self.ITEM, ways, dairy())} == {detector_of("client"), detector_of("link")}
        assert takeover(self.ITEM, replace(ways, ruled_out=frozenset({"client"})), dairy()) == ()
        found = takeover(self.ITEM, Ways(post=STRANGE, before=WORKDAYS, ruled_out=frozenset({"hour"})), dairy())
        assert {one.detector: one.reported for one in found}[detector_of("hour")] is False
        assert {one.severity for one in found} == {Severity.CRITICAL}

    def test_every_finding_has_its_words_in_both_languages(self) -> None:
        assert set(BECAUSE) == {detector_of(habit) for habit in HABITS}
        found = takeover(self.ITEM, Ways(post=STRANGE, before=WORKDAYS), dairy())
        assert all(set(BECAUSE[one.detector]) == {"pl", "en"} for one in found)

    def test_the_state_carries_them_into_the_decision(self) -> None:
        stranger = post()
        state = AssessState(
            items=(self.ITEM, stranger),
            incidents=(),
            conversations={},
            recent={},
            ways={self.ITEM.item_id: Ways(post=STRANGE, before=WORKDAYS)},
        )
        after, found = with_takeovers(state, dairy(brand=(Brand(id="polna", name="Mleczarnia Polna"),)))
        assert {item_id for item_id, _ in found} == {self.ITEM.item_id}
        assert [len(one.findings) for one in after.items] == [4, 0]


def test_the_program_is_read_as_platforms_tell_it() -> None:
    told = [
        {"application": {"name": "Planer"}},
        {"application": {"name": None}, "source": "Planer "},
        {"client": "planer"},
        {"application": "PLANER"},
    ]
    assert {client_of(raw) for raw in told} == {"planer"}
    assert {client_of(raw) for raw in (None, {}, {"source": 7}, {"application": None}, "x")} == {""}
