"""What fresh items do: one incident per story, a conversation for each author, pages only for what may page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.assess import decide
from core.records import Assessed, FreshItem, OpenConversation, Opens
from core.settings import Owner
from core.types import Author, ConversationState, Finding, IncidentState, ItemKind, Scope, Severity, Voice
from tests.fakes.dairy import NOON, dairy, finding, incident, late_parcel, post, seen
from tests.fakes.world import World

PARCELS = "polna:complaint:complaint.delivery"
MINUTE = timedelta(minutes=1)


def assessed(*items: FreshItem, **state: object) -> Assessed:
    return decide(seen(*items, **state), dairy(), NOON)  # type: ignore[arg-type]


def only(opens: tuple[Opens, ...]) -> Opens:
    (one,) = opens
    return one


def ids(items: list[FreshItem]) -> set[int]:
    return {item.item_id for item in items}


def code_name(text: str = "co to jest Projekcie Bursztyn?", severity: Severity = Severity.HIGH, **changes: object) -> FreshItem:
    start = text.index("Projekcie") if "Projekcie" in text else 0
    return post(finding("leak.codename", severity, (start, len(text.rstrip("?")))), text=text, **changes)  # type: ignore[arg-type]


class TestLateParcels:
    """Story 1."""

    def test_seven_people_are_seven_conversations_and_no_incident(self) -> None:
        done = assessed(*(late_parcel() for _ in range(7)))
        assert (done.opens, len(done.converses)) == ((), 7)

    def test_one_person_who_writes_eight_times_is_no_volume(self) -> None:
        assert assessed(*(late_parcel(by="kasia") for _ in range(8))).opens == ()

    def test_the_eighth_opens_one_incident_with_all_of_them_for_care(self) -> None:
        before = [late_parcel(at=NOON - n * MINUTE) for n in range(7, 0, -1)]
        eighth = late_parcel()
        opened = only(assessed(eighth, recent=tuple(before)).opens)
        assert (opened.dedup_key, opened.owner, opened.severity, opened.paging) == (PARCELS, "care", Severity.MEDIUM, True)
        assert set(opened.item_ids) == ids([*before, eighth])
        assert (opened.reason, opened.title) == ("volume", "")

    def test_eight_people_in_a_day_are_a_normal_day(self) -> None:
        before = [late_parcel(at=NOON - n * timedelta(hours=1)) for n in range(8, 0, -1)]
        assert assessed(late_parcel(), recent=tuple(before)).opens == ()

    def test_later_ones_join_until_the_twentieth_raises_it_once_and_brings_pr(self) -> None:
        known = incident(PARCELS, "complaint.delivery")
        before = [late_parcel(at=NOON - n * MINUTE) for n in range(18, 0, -1)]
        (nineteenth,) = assessed(late_parcel(), incidents=(known,), recent=tuple(before)).grows
        assert (nineteenth.severity, nineteenth.participants) == (None, ())
        (twentieth,) = assessed(late_parcel(), incidents=(known,), recent=(*before, late_parcel())).grows
        assert (twentieth.severity, twentieth.participants, twentieth.reason) == (Severity.HIGH, ("pr",), "volume_high")
        raised = replace(known, severity=Severity.HIGH, participants=("pr",))
        (later,) = assessed(late_parcel(), incidents=(raised,), recent=(*before, late_parcel(), late_parcel())).grows
        assert (later.severity, later.participants, len(later.item_ids)) == (None, (), 1)

    @pytest.mark.parametrize("batch", [1, 7, 50])
    def test_forty_one_people_in_any_batches_are_one_incident_of_one_owner(self, batch: int) -> None:
        world = World(dairy(), NOON)
        posts = [late_parcel(at=NOON + n * MINUTE) for n in range(41)]
        done = []
        for first in range(0, 41, batch):
            world.now = NOON + min(40, first + batch) * MINUTE
            done.append(world.collect(*posts[first : first + batch]))
        (one,) = world.incidents.values()
        assert (one.seen.owner, one.seen.severity, one.seen.participants) == ("care", Severity.HIGH, ("pr",))
        assert (one.item_ids, one.seen.authors) == (ids(posts), 41)
        assert sum(len(each.opens) for each in done) == 1
        assert sum(grown.severity is not None for each in done for grown in each.grows) == (1 if batch < 20 else 0)

    def test_what_came_before_the_incident_was_resolved_does_not_count_again(self) -> None:
        over = incident(PARCELS, "complaint.delivery", state=IncidentState.RESOLVED, resolved_at=NOON - 10 * MINUTE)
        before = tuple(late_parcel(at=NOON - (11 + n) * MINUTE) for n in range(12))
        quiet = assessed(late_parcel(), incidents=(over,), recent=before)
        assert (quiet.opens, quiet.grows) == ((), ())
        since = tuple(late_parcel(at=NOON - n * MINUTE) for n in range(1, 8))
        (back,) = assessed(late_parcel(), incidents=(over,), recent=(*before, *since)).grows
        assert (back.reopens, len(back.item_ids)) == (True, 8)

    def test_after_the_flap_window_a_new_incident_follows_the_old_one(self) -> None:
        over = incident(PARCELS, "complaint.delivery", state=IncidentState.RESOLVED, resolved_at=NOON - timedelta(hours=2, seconds=1))
        since = tuple(late_parcel(at=NOON - n * MINUTE) for n in range(1, 8))
        assert only(assessed(late_parcel(), incidents=(over,), recent=since).opens).follows == 7

    def test_history_is_shown_and_pages_nobody(self) -> None:
        old = [late_parcel(at=NOON - timedelta(days=300) + n * MINUTE, may_page=False) for n in range(30)]
        opened = only(assessed(*old).opens)
        assert (opened.paging, len(opened.item_ids)) == (False, 30)

    def test_what_may_not_page_does_not_count_when_deciding_to_page(self) -> None:
        known = incident(PARCELS, "complaint.delivery", paging=False)
        live = [late_parcel(at=NOON - n * MINUTE) for n in range(8)]
        old = tuple(late_parcel(may_page=False) for _ in range(30))
        (seven,) = assessed(*live[:7], incidents=(known,), recent=old).grows
        assert (seven.paging, seven.severity) == (False, None)
        (eight,) = assessed(live[7], incidents=(known,), recent=(*old, *live[:7])).grows
        assert (eight.paging, eight.severity, eight.reason) == (True, None, "may_page_now")

    def test_two_brands_are_two_stories(self) -> None:
        both = [late_parcel(brand=brand) for brand in ("polna", "gorna") for _ in range(8)]
        assert {one.dedup_key for one in assessed(*both).opens} == {PARCELS, "gorna:complaint:complaint.delivery"}


class TestCodeName:
    """Story 2."""

    def test_one_post_pages_security_at_once(self) -> None:
        opened = only(assessed(code_name(author=Author(id="m", followers=200))).opens)
        assert (opened.owner, opened.severity, opened.paging, opened.title) == ("security", Severity.HIGH, True, "Projekt Bursztyn")
        assert opened.policy["steps"][0] == {"notify": ["person:anna"], "wait_s": 600, "repeat": 0}

    def test_reach_makes_it_critical(self) -> None:
        for followers, severity in ((9_999, Severity.HIGH), (10_000, Severity.CRITICAL)):
            assert only(assessed(code_name(author=Author(id="m", followers=followers))).opens).severity is severity

    def test_two_in_one_batch_in_other_inflections_and_spacings_are_one(self) -> None:
        posts = [code_name(), post(finding("leak.codename", Severity.CRITICAL, (6, 20)), text="Znamy ProjektBursztyn!")]
        opened = only(assessed(*posts).opens)
        assert (set(opened.item_ids), opened.severity) == (ids(posts), Severity.CRITICAL)

    def test_another_code_name_is_another_story(self) -> None:
        other = post(finding("leak.codename", Severity.HIGH, (4, 9)), text="coś Orzeł leci")
        assert sorted(one.title for one in assessed(code_name(), other).opens) == ["Orzeł", "Projekt Bursztyn"]

    def test_a_later_one_joins_and_raises(self) -> None:
        key = only(assessed(code_name()).opens).dedup_key
        known = incident(key, "leak.codename", severity=Severity.HIGH, owner="security")
        (grown,) = assessed(code_name(severity=Severity.CRITICAL), incidents=(known,)).grows
        assert (grown.incident_id, grown.version, grown.severity, grown.reason) == (7, 3, Severity.CRITICAL, "raised")

    def test_it_comes_back_inside_the_flap_window_and_anew_after_it(self) -> None:
        key = only(assessed(code_name()).opens).dedup_key
        over = incident(key, "leak.codename", severity=Severity.HIGH, state=IncidentState.RESOLVED, resolved_at=NOON - timedelta(hours=2))
        (back,) = assessed(code_name(), incidents=(over,)).grows
        assert (back.reopens, back.reason) == (True, "returned")
        (old,) = assessed(code_name(may_page=False), incidents=(over,)).grows
        assert old.reopens is False
        past = replace(over, resolved_at=NOON - timedelta(hours=3))
        assert only(assessed(code_name(), incidents=(past,)).opens).follows == 7

    def test_an_old_post_is_shown_until_a_fresh_one_makes_it_page(self) -> None:
        old = only(assessed(code_name(may_page=False)).opens)
        assert old.paging is False
        known = incident(old.dedup_key, "leak.codename", severity=Severity.HIGH, paging=False)
        (still,) = assessed(code_name(may_page=False), incidents=(known,)).grows
        assert still.paging is False
        (now,) = assessed(code_name(), incidents=(known,)).grows
        assert (now.paging, now.reason) == (True, "may_page_now")

    def test_old_news_does_not_raise_what_pages_people(self) -> None:
        key = only(assessed(code_name()).opens).dedup_key
        known = incident(key, "leak.codename", severity=Severity.HIGH)
        (grown,) = assessed(code_name(severity=Severity.CRITICAL, may_page=False), incidents=(known,)).grows
        assert grown.severity is None


class TestEffects:
    @pytest.mark.parametrize(
        ("label", "severity", "paging"),
        [
            ("complaint.safety", Severity.HIGH, True),
            ("complaint.outage", Severity.HIGH, True),
            ("leak.confidential", Severity.MEDIUM, True),
            ("leak.secret.token", Severity.CRITICAL, True),
            ("crisis.legal", Severity.MEDIUM, True),
            ("account.takeover", Severity.CRITICAL, True),
            ("policy.insult", Severity.HIGH, True),
            ("policy.undisclosed", Severity.MEDIUM, False),
        ],
    )
    def test_opens_by_itself(self, label: str, severity: Severity, paging: bool) -> None:
        opened = only(assessed(post(finding(label, severity))).opens)
        assert (opened.label, opened.severity, opened.paging) == (label, severity, paging)

    @pytest.mark.parametrize(
        ("label", "severity"),
        [
            ("complaint.delivery", Severity.MEDIUM),
            ("complaint.other", Severity.LOW),
            ("leak.pii.email", Severity.LOW),
            ("policy.politics", Severity.LOW),
            ("question", Severity.INFO),
            ("praise", Severity.INFO),
            ("sentiment.negative", Severity.INFO),
            ("leak.internal", Severity.INFO),
        ],
    )
    def test_opens_nothing(self, label: str, severity: Severity) -> None:
        assert assessed(post(finding(label, severity))).opens == ()

    def test_what_is_not_reported_does_nothing(self) -> None:
        trial = replace(finding("leak.finance", Severity.CRITICAL), reported=False)
        done = assessed(post(trial))
        assert (done.opens, len(done.item_ids)) == ((), 1)


class TestStories:
    def test_one_post_with_two_findings_is_one_incident_of_the_gravest(self) -> None:
        both = post(finding("policy.finance_talk", Severity.HIGH), finding("leak.finance", Severity.CRITICAL), voice=Voice.OURS)
        opened = only(assessed(both).opens)
        assert (opened.label, opened.owner, opened.participants) == ("leak.finance", "security", ("compliance",))

    def test_a_leak_inside_a_running_wave_still_pages_security(self) -> None:
        wave = incident("polna:crisis:crisis.boycott", "crisis.boycott", severity=Severity.CRITICAL, owner="pr")
        both = post(finding("crisis.boycott", Severity.CRITICAL), finding("leak.internal", Severity.HIGH))
        done = assessed(both, incidents=(wave,))
        assert only(done.opens).owner == "security"
        assert [one.incident_id for one in done.grows] == [7]

    def test_copies_join_the_story_even_when_one_detector_sees_less(self) -> None:
        known = incident("polna:leak:leak.confidential:1", "leak.confidential", severity=Severity.HIGH, bands=frozenset({11, 12}))
        near = post(finding("leak.confidential", Severity.HIGH), bands=(12, 90))
        faint = post(finding("leak.confidential", Severity.LOW), bands=(11, 91))
        far = post(finding("leak.confidential", Severity.HIGH), bands=(50, 51))
        other = post(finding("leak.internal", Severity.HIGH), bands=(11, 12))
        done = assessed(near, faint, far, other, incidents=(known,))
        assert [(one.incident_id, set(one.item_ids)) for one in done.grows] == [(7, ids([near, faint]))]
        assert [set(one.item_ids) for one in done.opens] == [ids([far]), ids([other])]

    def test_copies_in_one_batch_are_one_incident(self) -> None:
        copies = [post(finding("leak.internal", Severity.HIGH), bands=(1, 2, n)) for n in (30, 40, 50)]
        assert set(only(assessed(*copies).opens).item_ids) == ids(copies)

    def test_a_wave_of_a_crisis_is_one_incident_and_after_a_quiet_day_another(self) -> None:
        calls = [post(finding("crisis.boycott", Severity.HIGH)) for _ in range(3)]
        opened = only(assessed(*calls).opens)
        assert (opened.dedup_key, len(opened.item_ids)) == ("polna:crisis:crisis.boycott", 3)
        stale = incident(opened.dedup_key, "crisis.boycott", last_item_at=NOON - timedelta(hours=25))
        assert only(assessed(*calls, incidents=(stale,)).opens).dedup_key == "polna:crisis:crisis.boycott:2026-11-18"

    def test_old_calls_do_not_join_the_wave_that_pages_people(self) -> None:
        running = incident("polna:crisis:crisis.boycott", "crisis.boycott", severity=Severity.HIGH)
        old = post(finding("crisis.boycott", Severity.HIGH), at=NOON - timedelta(days=400), may_page=False)
        done = assessed(old, incidents=(running,))
        assert (done.grows, only(done.opens).paging, only(done.opens).dedup_key) == ((), False, "polna:crisis:crisis.boycott:2025-10-14")

    def test_one_account_is_one_story(self) -> None:
        spam = [post(finding("account.takeover", Severity.CRITICAL), by="polna-official", text=f"crypto {n}") for n in range(3)]
        other = post(finding("account.takeover", Severity.CRITICAL), by="polna-hr")
        assert sorted(len(one.item_ids) for one in assessed(*spam, other).opens) == [1, 3]

    def test_one_ill_child_is_high_and_the_third_is_critical(self) -> None:
        ill = [post(finding("complaint.safety", Severity.HIGH), at=NOON - n * MINUTE) for n in range(3)]
        assert only(assessed(*ill[:2]).opens).severity is Severity.HIGH
        assert only(assessed(*ill).opens).severity is Severity.CRITICAL
        known = incident("polna:complaint:complaint.safety", "complaint.safety", severity=Severity.HIGH, owner="pr")
        (grown,) = assessed(ill[2], incidents=(known,), recent=tuple(ill[:2])).grows
        assert (grown.severity, grown.reason) == (Severity.CRITICAL, "repeated")

    def test_a_title_is_one_clean_line_and_never_the_secret(self) -> None:
        tag = "#bojkot\u202ePolna\x00\n\u200b" + "a" * 200
        opened = only(assessed(post(finding("crisis.boycott", Severity.HIGH, (0, len(tag))), text=tag)).opens)
        assert opened.title == ("#bojkotPolna " + "a" * 200)[:80]
        secret = "AKIAIOSFODNN7EXAMPLE"
        leaked = only(assessed(post(finding("leak.secret.api_key", Severity.CRITICAL, (0, 20)), text=secret)).opens)
        assert leaked.title == ""
        assert secret.lower() not in leaked.dedup_key.lower()


class TestConversations:
    def reply(self, to: FreshItem, **changes: object) -> FreshItem:
        ours = post(voice=Voice.OURS, by="polna", answers_key=to.conversation_key, parent_voice=Voice.PUBLIC, parent_id=to.external_id)
        return replace(ours, **changes)  # type: ignore[arg-type]

    def known(self, key: str, **changes: object) -> dict[str, OpenConversation]:
        one = OpenConversation(
            conversation_id=5,
            key=key,
            state=ConversationState.NEW,
            owner="care",
            opened_at=NOON,
            due_at=NOON + timedelta(hours=1),
            version=0,
        )
        return {key: replace(one, **changes)}  # type: ignore[arg-type]

    def test_the_clock_runs_in_the_owners_business_hours(self) -> None:
        late = datetime(2026, 11, 20, 16, tzinfo=UTC)
        (one,) = assessed(late_parcel(at=late)).converses
        assert (one.owner, one.reason, one.conversation_id) == ("care", "wants_answer", None)
        assert one.due_at == datetime(2026, 11, 23, 10, tzinfo=UTC)

    def test_hours_that_cannot_be_read_let_the_clock_run_day_and_night(self) -> None:
        settings = dairy(owner=(Owner(id="care", hours="whenever"),))
        (one,) = decide(seen(late_parcel()), settings, NOON).converses
        assert one.due_at == NOON + timedelta(hours=4)

    @pytest.mark.parametrize(
        ("item", "why"),
        [
            (post(finding("question", Severity.INFO)), "wants_answer"),
            (post(finding("crisis.press", Severity.HIGH)), "wants_answer"),
        ],
    )
    def test_opens(self, item: FreshItem, why: str) -> None:
        (one,) = assessed(item).converses
        assert (one.reason, one.key, one.due_at is not None) == (why, item.author_key, True)

    @pytest.mark.parametrize(
        "item",
        [
            post(),
            post(finding("praise", Severity.INFO)),
            post(finding("leak.codename", Severity.HIGH)),
            post(finding("complaint.quality"), kind=ItemKind.ARTICLE),
            post(finding("complaint.workplace")),
            post(finding("complaint.quality"), voice=Voice.OURS),
            post(scope=Scope.OFFICIAL, kind=ItemKind.COMMENT),
            post(parent_voice=Voice.OURS),
        ],
    )
    def test_does_not_open(self, item: FreshItem) -> None:
        assert assessed(item).converses == ()

    def test_small_talk_under_our_post_joins_what_is_open(self) -> None:
        chat = post(by="kasia", scope=Scope.OFFICIAL, kind=ItemKind.COMMENT)
        (one,) = decide(replace(seen(chat), conversations=self.known("x:kasia")), dairy(), NOON).converses
        assert (one.conversation_id, one.reason) == (5, "under_our_post")

    def test_old_news_has_no_clock(self) -> None:
        (one,) = assessed(late_parcel(may_page=False)).converses
        assert one.due_at is None

    def test_the_same_author_joins_and_the_clock_is_not_set_back(self) -> None:
        again = late_parcel(by="kasia")
        (one,) = decide(replace(seen(again), conversations=self.known("x:kasia", owner="pr")), dairy(), NOON).converses
        assert (one.conversation_id, one.owner, one.due_at) == (5, "pr", NOON + timedelta(hours=1))

    def test_after_our_answer_a_new_complaint_starts_a_new_clock(self) -> None:
        again = late_parcel(by="kasia")
        answered = self.known("x:kasia", state=ConversationState.ANSWERED)
        (one,) = decide(replace(seen(again), conversations=answered), dairy(), NOON).converses
        assert one.due_at == NOON + timedelta(hours=4)

    def test_our_answer_elsewhere_answers_it(self) -> None:
        """Story 13."""
        said = late_parcel(by="kasia")
        (one,) = decide(replace(seen(self.reply(said)), conversations=self.known("x:kasia")), dairy(), NOON).converses
        assert (one.conversation_id, one.answered, one.reason, one.key) == (5, True, "we_answered", "x:kasia")

    def test_question_and_answer_in_one_batch_whatever_their_order(self) -> None:
        said = late_parcel(by="kasia")
        ours = self.reply(said, created_at=NOON + MINUTE)
        assert [one.answered for one in assessed(ours, said).converses] == [False, True]

    def test_our_word_in_no_conversation_changes_nothing(self) -> None:
        said = late_parcel()
        assert assessed(self.reply(said)).converses == ()
        assert (
            decide(
                replace(seen(self.reply(said, parent_voice=Voice.OURS)), conversations=self.known(said.author_key)), dairy(), NOON
            ).converses
            == ()
        )


labels = st.sampled_from(
    [
        "complaint.delivery",
        "complaint.safety",
        "leak.codename",
        "leak.internal",
        "crisis.boycott",
        "policy.quarrel",
        "account.takeover",
        "question",
    ]
)
findings = st.builds(finding, labels, st.sampled_from(Severity))
posts = st.builds(
    lambda found, by, minutes, bands, may_page, voice: post(
        *found, by=by, at=NOON - minutes * MINUTE, bands=tuple(sorted(bands)), may_page=may_page, voice=voice
    ),
    st.lists(findings, max_size=3),
    st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", ""]),
    st.integers(0, 3000),
    st.sets(st.integers(1, 8), max_size=2),
    st.booleans(),
    st.sampled_from(Voice),
)


@given(st.lists(posts, max_size=25), st.lists(posts, max_size=12))
def test_never_two_incidents_for_one_key_and_every_item_is_assessed(earlier: list[FreshItem], later: list[FreshItem]) -> None:
    """Two batches, the first one's incidents known to the second in all states."""
    first = assessed(*earlier)
    states = [
        (IncidentState.OPEN, None),
        (IncidentState.RESOLVED, NOON - timedelta(hours=1)),
        (IncidentState.ACKNOWLEDGED, None),
        (IncidentState.RESOLVED, NOON - timedelta(hours=9)),
    ]
    known = tuple(
        incident(
            one.dedup_key,
            one.label,
            incident_id=n,
            severity=one.severity,
            paging=one.paging,
            state=states[n % 4][0],
            resolved_at=states[n % 4][1],
        )
        for n, one in enumerate(first.opens)
    )
    second = decide(seen(*later, incidents=known, recent=tuple(earlier)), dairy(), NOON)
    for done, batch, before in ((first, earlier, ()), (second, later, known)):
        assert done.item_ids == tuple(item.item_id for item in batch)
        unresolved = {one.dedup_key for one in before if one.state is not IncidentState.RESOLVED}
        reopened = {one.dedup_key for one in before for grown in done.grows if grown.incident_id == one.incident_id and grown.reopens}
        keys = [*unresolved, *reopened, *(one.dedup_key for one in done.opens)]
        assert len(keys) == len(set(keys))
        assert len({one.incident_id for one in done.grows}) == len(done.grows)
        for joined in chain((one.item_ids for one in done.opens), (one.item_ids for one in done.grows)):
            assert len(joined) == len(set(joined))
    by_id = {one.incident_id: one for one in known}
    items = {item.item_id: item for item in (*earlier, *later)}
    for grown in second.grows:
        assert grown.severity is None or grown.severity > by_id[grown.incident_id].severity
        assert not grown.paging or any(items[i].may_page for i in grown.item_ids)
    for one in (*first.opens, *second.opens):
        assert not one.paging or any(items[i].may_page for i in one.item_ids)


@given(st.lists(findings, min_size=1, max_size=4), st.booleans())
def test_what_pages_by_itself_is_never_silent(found: list[Finding], may_page: bool) -> None:
    """A post with a finding of high or more, but questions, opens exactly one incident, as grave as its gravest such finding."""
    done = assessed(post(*found, may_page=may_page))
    grave = [one.severity for one in found if one.severity >= Severity.HIGH and one.label != "question"]
    if grave:
        opened = only(done.opens)
        assert (opened.severity, opened.paging) == (max(grave), may_page)


def test_sentences_that_are_alike_do_not_make_two_code_names_one_story() -> None:
    """Twelve people who used the same sentence about twelve projects were once one incident."""
    two = [
        post(finding("leak.codename", Severity.HIGH, (0, len(text))), text=text, bands=(7,))
        for text in ("Projekt Bursztyn", "Projekt Jantar")
    ]
    assert len({opens.dedup_key for opens in assessed(*two).opens}) == 2


def test_complaints_of_no_kind_are_no_story_however_many_there_are() -> None:
    grumbling = [post(finding("complaint.other", Severity.LOW), by=f"author{number}") for number in range(30)]
    assert assessed(*grumbling).opens == ()
