"""What signals come to: numbers and words together, one crisis for one brand, volume alone never."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.gravity import grounds_of, severity_of, usual_line
from alerts.swell import settle
from core.easing import Expected, Mute, MuteKind
from core.numbers import Ground
from core.records import OpenIncident
from core.series import SeriesKey, Signal
from core.settings import Alerting
from core.signals import LABEL, Live, Seen, Settled, Swell, Verdict
from core.types import IncidentState, Severity
from tests.fakes.dairy import NOON, dairy

HOUR = timedelta(hours=1)


def a_signal(measure: str = "volume", seen: float = 412, *, ended: bool = False, cold: bool = False, at: datetime = NOON) -> Signal:
    return Signal(
        key=SeriesKey("polna", "mention", measure),
        opened_at=at - timedelta(minutes=10),
        ended_at=at if ended else None,
        window_min=60,
        seen=seen,
        usual_low=20,
        usual_high=45,
        line=80,
        is_cold=cold,
    )


def live(number: int = 1, verdict: Verdict = Verdict.NONE, incident_id: int | None = None, signal: Signal | None = None) -> Live:
    return Live(signal_id=number, signal=signal or a_signal(), weigh_at=NOON, verdict=verdict, incident_id=incident_id)


def said(posts: int, negative: int, **more: object) -> Seen:
    words: dict[str, object] = {"posts": posts, "negative": negative, "negative_authors": negative, "complaining": negative}
    return Seen(since=NOON - HOUR, **(words | more))  # type: ignore[arg-type]


def swell(*signals: Live, seen: Seen, **more: object) -> Swell:
    return Swell(brand="polna", live=signals, seen=seen, **more)  # type: ignore[arg-type]


def decide(one: Swell, now: datetime = NOON) -> Settled:
    return settle(one, dairy(), now)


def incident(incident_id: int = 7, label: str = LABEL, state: IncidentState = IncidentState.OPEN, **more: object) -> OpenIncident:
    known: dict[str, object] = {
        "incident_id": incident_id,
        "dedup_key": f"polna:crisis:{label}",
        "brand": "polna",
        "label": label,
        "severity": Severity.HIGH,
        "state": state,
        "owner": "pr",
        "participants": (),
        "opened_at": NOON - HOUR,
        "last_item_at": NOON - HOUR,
        "resolved_at": NOON - HOUR if state is IncidentState.RESOLVED else None,
        "items": 5,
        "authors": 5,
        "paging": True,
        "version": 3,
    }
    return OpenIncident(**(known | more))  # type: ignore[arg-type]


class TestVolumeAlone:
    def test_a_giveaway_and_a_cup_final_page_nobody(self) -> None:
        giveaway = decide(swell(live(), seen=said(posts=420, negative=13)))
        cup_final = decide(swell(live(), seen=said(posts=5000, negative=1200, platforms={"x": 900, "facebook": 200, "mastodon": 100})))
        for decided in (giveaway, cup_final):
            assert (decided.opens, decided.grows) == (None, None)
            assert [(one.verdict, one.incident_id) for one in decided.used] == [(Verdict.VOLUME_ALONE, None)]

    def test_while_it_lasts_it_is_weighed_again_and_words_make_it_a_crisis(self) -> None:
        first = decide(swell(live(), seen=said(posts=420, negative=13)))
        assert first.used[0].again_at == NOON + timedelta(minutes=1)
        again = decide(swell(live(verdict=Verdict.VOLUME_ALONE), seen=said(posts=500, negative=300)))
        assert again.opens is not None

    def test_what_makes_a_crisis_graver_is_nothing_alone(self) -> None:
        seen = said(posts=400, negative=20, reach=2_000_000, ours=20, platforms={"x": 9, "facebook": 9, "mastodon": 2})
        grounds = grounds_of(seen, [a_signal()], None, 1.0, Alerting())
        assert set(grounds) == {Ground.FAST, Ground.REACH, Ground.OURS, Ground.SPREAD}
        assert severity_of(grounds, seen) is None

    def test_a_brand_that_people_always_complain_of_wants_more_than_its_usual(self) -> None:
        assert usual_line(0.4) == pytest.approx(0.6)
        assert decide(swell(live(), seen=said(posts=400, negative=180), usual_negative=0.42)).opens is None
        assert decide(swell(live(), seen=said(posts=400, negative=180), usual_negative=0.1)).opens is not None

    def test_one_angry_person_is_no_crowd(self) -> None:
        assert decide(swell(live(), seen=said(posts=100, negative=90, negative_authors=1))).opens is None


class TestSeverity:
    @pytest.mark.parametrize(
        ("seen", "severity"),
        [
            (said(100, 40), Severity.MEDIUM),
            (said(100, 71), Severity.HIGH),
            (said(100, 40, reach=20_000), Severity.HIGH),
            (said(100, 40, reach=9_999), Severity.MEDIUM),
            (said(100, 40, ours=25), Severity.HIGH),
            (said(100, 40, platforms={"x": 20, "facebook": 18, "mastodon": 2}), Severity.HIGH),
            (said(100, 5, crisis_authors={"crisis.boycott": 3}), Severity.MEDIUM),
            (said(100, 71, crisis_authors={"crisis.boycott": 3}, reach=50_000), Severity.CRITICAL),
            (said(1000, 5, grave_authors=3), Severity.CRITICAL),
            (said(1000, 5, grave_authors=2), None),
            (said(20, 6, complaint_authors=8), Severity.MEDIUM),
            (said(200, 6, complaint_authors=8), None),
        ],
    )
    def test_comes_from_numbers_and_words(self, seen: Seen, severity: Severity | None) -> None:
        decided = decide(swell(live(signal=a_signal(seen=100)), seen=seen))
        assert (decided.opens.severity if decided.opens else None) is severity

    def test_speed_counts_where_the_usual_is_known(self) -> None:
        fast, cold = (decide(swell(live(signal=a_signal(cold=cold)), seen=said(100, 40))).opens for cold in (False, True))
        assert fast is not None
        assert cold is not None
        assert (fast.severity, cold.severity) == (Severity.HIGH, Severity.MEDIUM)

    def test_an_unknown_reach_is_unknown(self) -> None:
        opens = decide(swell(live(), seen=said(100, 71, reach=None))).opens
        assert opens is not None
        assert opens.numbers is not None
        assert opens.numbers.reach is None


class TestExpected:
    EVENT = Expected(name="Wielkie rozdanie", factor=15, brand="polna", starts_at=NOON - HOUR, ends_at=NOON + HOUR, made_by="anna")

    def test_volume_that_was_expected_is_a_note_that_names_it(self) -> None:
        decided = decide(swell(live(), seen=said(posts=420, negative=13), expected=(self.EVENT,)))
        assert decided.opens is None
        assert decided.used[0].verdict is Verdict.EXPECTED
        assert decided.used[0].numbers is not None
        assert decided.used[0].numbers.event == "Wielkie rozdanie"

    def test_it_raises_what_is_counted_and_never_what_people_say_of_harm(self) -> None:
        boycott, harm = said(420, 13, crisis_authors={"crisis.boycott": 5}), said(420, 13, grave_authors=3)
        assert decide(swell(live(), seen=boycott, expected=(self.EVENT,))).opens is None
        opens = decide(swell(live(), seen=harm, expected=(self.EVENT,))).opens
        assert opens is not None
        assert opens.severity is Severity.CRITICAL

    def test_a_crowd_that_is_mostly_angry_pages_whatever_was_expected(self) -> None:
        opens = decide(swell(live(), seen=said(420, 300), expected=(self.EVENT,))).opens
        assert opens is not None
        assert opens.severity is Severity.HIGH

    def test_another_brands_event_excuses_nothing(self) -> None:
        other = replace(self.EVENT, brand="gorna")
        assert decide(swell(live(), seen=said(420, 13), expected=(other,))).used[0].verdict is Verdict.VOLUME_ALONE

    def test_a_mute_of_the_label_leaves_a_note(self) -> None:
        mute = Mute(kind=MuteKind.LABEL, value=LABEL, reason="…", starts_at=NOON - HOUR, ends_at=NOON + HOUR, made_by="anna")
        decided = decide(swell(live(), seen=said(420, 300), mutes=(mute,)))
        assert decided.opens is None
        assert decided.used[0].verdict is Verdict.MUTED


class TestOneCrisis:
    BAD = said(400, 300, telling=(11, 12, 13), story=256)

    def test_several_series_at_once_open_one(self) -> None:
        decided = decide(swell(live(1), live(2, signal=a_signal("negative", 290)), seen=self.BAD))
        assert decided.opens is not None
        assert (decided.opens.brand, decided.opens.label, decided.opens.owner) == ("polna", LABEL, "pr")
        assert decided.opens.item_ids == (11, 12, 13)
        assert [one.opens for one in decided.used] == [True, True]
        numbers = decided.opens.numbers
        assert numbers is not None
        assert [one.measure for one in numbers.heights] == ["volume", "negative"]
        assert (numbers.negative_share, numbers.story_share) == (0.75, 0.64)

    def test_another_signal_joins_the_one_that_is_open(self) -> None:
        decided = decide(swell(live(1, Verdict.INCIDENT, 7), live(2), seen=self.BAD, incidents=(incident(),)))
        assert decided.opens is None
        assert decided.grows is not None
        assert (decided.grows.incident_id, decided.grows.severity) == (7, None)
        assert {one.incident_id for one in decided.used} == {7}

    def test_nothing_new_is_not_told_twice(self) -> None:
        opened = decide(swell(live(), seen=self.BAD)).opens
        assert opened is not None
        assert opened.numbers is not None
        known = {"incidents": (incident(),), "told": {7: opened.numbers}}
        assert decide(swell(live(1, Verdict.INCIDENT, 7), seen=self.BAD, **known)).grows is None
        grown = decide(swell(live(1, Verdict.INCIDENT, 7), seen=replace(self.BAD, posts=800, negative=600), **known)).grows
        assert grown is not None

    def test_it_rises_when_words_come(self) -> None:
        grave = replace(self.BAD, grave_authors=3)
        grows = decide(swell(live(1, Verdict.INCIDENT, 7), seen=grave, incidents=(incident(),))).grows
        assert grows is not None
        assert grows.severity is Severity.CRITICAL

    def test_the_story_that_holds_most_of_what_is_said_carries_the_numbers(self) -> None:
        wave = incident(9, "complaint.delivery", severity=Severity.MEDIUM)
        held = replace(self.BAD, held={9: frozenset(range(160))})
        decided = decide(swell(live(), seen=held, incidents=(wave,)))
        assert decided.opens is None
        assert decided.grows is not None
        assert (decided.grows.incident_id, decided.grows.severity, decided.grows.item_ids) == (9, Severity.HIGH, ())
        small = replace(self.BAD, held={9: frozenset(range(140))})
        assert decide(swell(live(), seen=small, incidents=(wave,))).opens is not None

    def test_in_a_harmless_crowd_the_story_of_the_few_who_tell_of_harm_carries_them(self) -> None:
        harm, other = incident(9, "complaint.safety"), incident(10, "complaint.delivery", severity=Severity.MEDIUM)
        seen = said(420, 20, grave_authors=3, held={9: frozenset({1, 2, 3}), 10: frozenset({4, 5, 6, 7})})
        grows = decide(swell(live(), seen=seen, incidents=(other, harm))).grows
        assert grows is not None
        assert (grows.incident_id, grows.severity) == (9, Severity.CRITICAL)

    def test_volume_alone_does_not_join_a_story(self) -> None:
        wave = incident(9, "complaint.delivery")
        harmless = said(400, 10, held={9: frozenset(range(10))})
        assert decide(swell(live(), seen=harmless, incidents=(wave,))).used[0].verdict is Verdict.VOLUME_ALONE

    def test_what_was_resolved_takes_its_signals_with_it_and_comes_back_with_a_new_one(self) -> None:
        over = incident(state=IncidentState.RESOLVED)
        decided = decide(swell(live(1, Verdict.INCIDENT, 7), seen=self.BAD, incidents=(over,)))
        assert (decided.opens, decided.grows) == (None, None)
        assert decided.used[0].again_at is None
        back = decide(swell(live(2), seen=self.BAD, incidents=(over,)))
        assert back.grows is not None
        assert back.grows.reopens

    def test_irrelevant_stays_silent_unless_it_is_graver(self) -> None:
        nothing = incident(state=IncidentState.RESOLVED, irrelevant_until=NOON + HOUR)
        silent = decide(swell(live(2), seen=self.BAD, incidents=(nothing,)))
        assert (silent.opens, silent.grows) == (None, None)
        graver = decide(swell(live(2), seen=replace(self.BAD, grave_authors=3), incidents=(nothing,)))
        assert graver.opens is not None
        assert graver.opens.follows == 7


class TestEnds:
    SEEN = said(100, 71)

    def ended(self, state: IncidentState, **more: object) -> Settled:
        signals = [live(n, Verdict.INCIDENT, 7, a_signal(ended=True)) for n in (1, 2)]
        return decide(swell(*signals, seen=self.SEEN, incidents=(incident(state=state, **more),)))

    def test_a_crisis_that_somebody_took_is_over_when_all_its_signals_are(self) -> None:
        decided = self.ended(IncidentState.ACKNOWLEDGED)
        assert [(one.incident_id, one.version, one.resolves) for one in decided.eased] == [(7, 3, True)]
        assert [one.again_at for one in decided.used] == [None, None]

    def test_while_one_lasts_it_is_not(self) -> None:
        signals = [live(1, Verdict.INCIDENT, 7, a_signal(ended=True)), live(2, Verdict.INCIDENT, 7)]
        decided = decide(swell(*signals, seen=self.SEEN, incidents=(incident(state=IncidentState.ACKNOWLEDGED),)))
        assert decided.eased == ()
        assert all(one.again_at is not None for one in decided.used)

    def test_a_page_that_nobody_answered_goes_on_asking(self) -> None:
        assert [one.resolves for one in self.ended(IncidentState.OPEN).eased] == [False]

    def test_a_story_that_carried_the_numbers_is_not_over_with_them(self) -> None:
        assert [one.resolves for one in self.ended(IncidentState.ACKNOWLEDGED, label="complaint.delivery").eased] == [False]

    def test_what_ended_before_anybody_weighed_it_is_weighed_once(self) -> None:
        decided = decide(swell(live(signal=a_signal(ended=True)), seen=self.SEEN))
        assert decided.opens is not None
        note = decide(swell(live(signal=a_signal(ended=True)), seen=said(100, 3)))
        assert (note.used[0].verdict, note.used[0].again_at) == (Verdict.VOLUME_ALONE, None)

    def test_a_signal_older_than_the_horizon_pages_nobody(self) -> None:
        decided = decide(swell(live(), seen=self.SEEN), NOON + timedelta(hours=24))
        assert decided.opens is None
        assert [(one.verdict, one.again_at) for one in decided.used] == [(Verdict.OLD, None)]


def test_one_widely_known_voice_is_far_and_not_fast() -> None:
    grave = Seen(since=NOON, posts=60, negative=20, negative_authors=20)
    far = a_signal("reach", 90_000_000)
    assert Ground.FAST not in grounds_of(grave, [far], None, 1.0, Alerting())
    assert Ground.FAST in grounds_of(grave, [far, a_signal("authors")], None, 1.0, Alerting())
