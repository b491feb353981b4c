"""The engine: boundaries, inflection, folding, evasion, spans, nearness, about us, severity, linear time."""

import string
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifiers.rules.cases import CASE_CONTEXT
from classifiers.rules.context import BrandTerms, RuleContext
from classifiers.rules.engine import MAX_POINTS, RuleEngine
from classifiers.rules.pack import HOME, Rule, load_packs
from classifiers.rules.speaker import speaks_for_himself
from core.types import Feeling, Finding, Reading, Scope, Severity, Voice

_PACKS = load_packs(HOME)
_ENGINE = RuleEngine(_PACKS, CASE_CONTEXT)
_BARE = RuleEngine(_PACKS, RuleContext())


def _read(text: str, lang: str = "pl", engine: RuleEngine = _ENGINE, feeling: Feeling | None = None, **more: object) -> tuple[Finding, ...]:
    return engine.read(replace(Reading(text=text), **more), lang, feeling)  # type: ignore[arg-type]


def _labels(text: str, lang: str = "pl", **more: object) -> list[str]:
    return [finding.label for finding in _read(text, lang, **more)]  # type: ignore[arg-type]


def _shown(text: str, label: str, **more: object) -> str:
    finding = next(finding for finding in _read(text, **more) if finding.label == label)  # type: ignore[arg-type]
    return text[finding.start : finding.end]


@pytest.mark.parametrize(
    "text",
    [
        "Projekt Bursztyn",
        "o Projekcie Bursztyn",
        "projektu bursztyn nie ma",
        "o projekcie bursztynie cicho",
        "PROJEKTEM BURSZTYN",
        "#ProjektBursztyn",
        "#projektbursztyn",
        "#projekt_bursztyn",
        "Projekt-Bursztyn",
        "Projekt  B u r s z t y n",
        "p r o j e k t   b u r s z t y n",
        "P.r.o.j.e.k.t B.u.r.s.z.t.y.n",
        "Pr\u200bojekt Bur\u200dsztyn",
        "Рrоjеkt Вursztуn",
        "pr0jekt bursztyn",
        "projeeeekt burszzzztyn",
        "Ｐｒｏｊｅｋｔ　Ｂｕｒｓｚｔｙｎ",
    ],
)
def test_a_code_name_is_seen_through_every_disguise(text: str) -> None:
    assert _labels(text) == ["leak.codename"]


@pytest.mark.parametrize(
    "text", ["projektbursztynowy", "przeprojekt bursztyny nie", "nieprojekt bursztyn", "projekt bursztynówek", "projekt ąbursztyn"]
)
def test_a_code_name_inside_another_word_is_not_seen(text: str) -> None:
    assert _labels(text) == []


def test_polish_letters_are_letters_at_a_boundary() -> None:
    assert _labels("Polna: sądź sam") == []
    assert _labels("łProjekt Bursztyn") == []
    assert _labels("Projekt Bursztynź") == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("😀😀 Projekt Bursztyn 🎉", "Projekt Bursztyn"),
        ("👩\u200d👩\u200d👧 a tu Pro\u200bjekt Bursztyn!", "Pro\u200bjekt Bursztyn"),
        ("i  B u r s z t y n, Projekt  B u r s z t y n", "Projekt  B u r s z t y n"),
        ("#ProjektBursztyn😀", "ProjektBursztyn"),
        ("e\u0301e\u0301 Projekt Bursztyn", "Projekt Bursztyn"),
    ],
)
def test_a_span_shows_the_original_words(text: str, shown: str) -> None:
    assert _shown(text, "leak.codename") == shown


def test_a_pattern_span_shows_the_original_digits() -> None:
    text = "😀 ż\u200bółć PESEL: 4405\u200b1401359 ✅"
    assert _shown(text, "leak.pii.pesel") == "4405\u200b1401359"


def test_missing_accents_are_forgiven_added_ones_are_not() -> None:
    assert _labels("polna: ktos podszywa sie pod was, falszywe konto") == ["account.impostor"]
    assert _labels("Polna: fąłszywe konto") == []


def test_without_a_brand_only_what_needs_none_is_found() -> None:
    assert _labels("Bojkotujmy Polną, wyciekły dane klientów, paczka nie dotarła", engine=_BARE) == []
    found = _labels("plik ŚCIŚLE POUFNE, mój PESEL 44051401359, token ghp_9aZ3kLq7XvB2mNp8RtYw4Sd6Fg1Hj5Kc0EuT", engine=_BARE)
    assert found == ["leak.confidential", "leak.pii.pesel", "leak.secret.token"]


def test_a_reply_under_our_post_is_about_us() -> None:
    text = "paczka nie dotarła od tygodnia"
    assert _labels(text) == []
    assert _labels(text, scope=Scope.OFFICIAL) == ["complaint.delivery"]
    assert _labels(text, parent_text="Nowości w Mleczarni Polnej") == ["complaint.delivery"]


def test_another_company_nearer_than_ours_takes_the_complaint() -> None:
    assert _labels("Zalando nie zwróciło, a paczka z Zalando nie dotarła. Polna, macie sery?") == ["question"]
    assert _labels("Paczka z Polnej nie dotarła, a Zalando zawsze na czas") == ["complaint.delivery"]
    assert "complaint.delivery" in _labels("Kurier DPD zgubił paczkę z Polnej")


def test_the_brand_of_the_item_narrows_the_names() -> None:
    two = RuleContext(
        brands=(
            BrandTerms(id="a", name="Alfa Nabiał", code_names=("Projekt Wrzos",)),
            BrandTerms(id="b", name="Beta Nabiał", code_names=("Projekt Cis",)),
        )
    )
    engine = RuleEngine(_PACKS, two)
    assert _labels("Projekt Wrzos rusza", engine=engine) == ["leak.codename"]
    assert _labels("Projekt Wrzos rusza", engine=engine, brand="a") == ["leak.codename"]
    assert _labels("Projekt Wrzos rusza", engine=engine, brand="b") == []


def test_reach_raises_a_code_name() -> None:
    severities = [_read("Projekt Bursztyn", followers=followers)[0].severity for followers in (None, 9_999, 10_000)]
    assert severities == [Severity.HIGH, Severity.HIGH, Severity.CRITICAL]


def test_own_data_under_our_post_is_low_somebody_elses_is_not() -> None:
    under = {"scope": Scope.OFFICIAL, "voice": Voice.PUBLIC}
    assert _read("mój PESEL 44051401359", **under)[0].severity is Severity.LOW  # type: ignore[arg-type]
    assert _read("jego PESEL 44051401359", **under)[0].severity is Severity.HIGH  # type: ignore[arg-type]
    assert _read("mój PESEL 44051401359")[0].severity is Severity.HIGH


def test_our_voice_makes_no_complaints_and_the_public_breaks_no_policy() -> None:
    assert "complaint.delivery" not in _labels("Polna: paczka nie dotarła", voice=Voice.OURS)
    assert _labels("głosujcie na lewicę", voice=Voice.PUBLIC) == []
    assert _labels("głosujcie na lewicę", voice=Voice.OURS, scope=Scope.OFFICIAL) == ["policy.politics"]


def test_several_harmed_is_the_crisis_alone() -> None:
    assert _labels("Kilkanaście osób zatruło się serkiem z Polnej, wymioty") == ["crisis.safety"]


def test_staff_with_unpublished_results_leak_and_break_the_policy() -> None:
    found = _labels("Nasz zysk za ten kwartał spadł o 12 procent, jeszcze nieogłoszone", voice=Voice.OURS, scope=Scope.EMPLOYEE)
    assert found == ["leak.finance", "policy.finance_talk"]


def test_feeling_turns_a_weak_word_into_a_complaint() -> None:
    text = "Gdzie jest moje zamówienie z Polnej? Miało być rano"
    angry = Feeling(label="negative", negative=0.9, neutral=0.1, positive=0.0)
    calm = Feeling(label="neutral", negative=0.1, neutral=0.9, positive=0.0)
    assert "complaint.delivery" in _labels(text, feeling=angry)
    assert "complaint.delivery" not in _labels(text, feeling=calm)


def test_what_is_worse_takes_the_complaint_of_no_kind_and_the_question() -> None:
    assert _labels("Polna, najgorsza firma! Kiedy oddacie? Widzimy się w sądzie") == ["crisis.legal"]
    assert "question" in _labels("Polna, kiedy otwieracie w sobotę?")
    assert "complaint.other" in _labels("Polna, najgorsza firma, nigdy więcej")


_UNDER_OUR_POST = {"scope": Scope.OFFICIAL, "voice": Voice.PUBLIC}


@pytest.mark.parametrize(
    ("text", "lang", "pages"),
    [
        ("Osiem osób trafiło do szpitala po wypadku autobusu", "pl", False),
        ("Nasze dzieci trafiły do szpitala, osiem osób po tym serku", "pl", True),
        ("Zatrułem się tym twarogiem, trafiłem do szpitala", "pl", True),
        ("Po waszym serku dziecko trafiło do szpitala", "pl", True),
        ("Mleczarnia Polna: dziecko trafiło do szpitala po serku", "pl", True),
        ("Eight people taken to hospital after a bus crashed", "en", False),
        ("My kids got food poisoning after eating this cheese", "en", True),
    ],
)
def test_news_passed_on_under_our_post_pages_nobody(text: str, lang: str, pages: bool) -> None:
    loud = [finding for finding in _read(text, lang, **_UNDER_OUR_POST) if finding.severity >= Severity.HIGH]  # type: ignore[arg-type]
    assert bool(loud) is pages


def test_a_calm_word_that_names_nobody_of_ours_pages_nobody() -> None:
    text = "I set my cat on fire in this game, it was on fire"
    sour = Feeling(label="negative", negative=0.8, neutral=0.2, positive=0.0)
    calm = Feeling(label="neutral", negative=0.1, neutral=0.9, positive=0.0)

    def severity(text: str, feeling: Feeling) -> list[Severity]:
        return [f.severity for f in _read(text, "en", feeling=feeling, **_UNDER_OUR_POST) if f.label == "complaint.safety"]  # type: ignore[arg-type]

    assert severity(text, sour) == [Severity.HIGH]
    assert severity(text, calm) == [Severity.MEDIUM]
    assert severity(text + ", Polna", calm) == [Severity.HIGH]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Zatruliśmy się.", True),
        ("zatrulismy sie", True),
        ("Co wy zrobiliście?", True),
        ("„Mogę” prosić?", True),
        ("Zespołem kierował kapitałem", False),
        ("Kupuje i pisze", False),
        ("ŁEM", False),
        ("", False),
    ],
)
def test_polish_verbs_tell_who_speaks(text: str, spoken: bool) -> None:
    assert speaks_for_himself(text) is spoken


def _engine_of(*conditions: Mapping[str, object]) -> RuleEngine:
    rule = Rule.model_validate(
        {"id": "trying.it", "version": 1, "status": "live", "label": "complaint.outage", "score": 0.8, "any": conditions}
        | {"because": {"pl": "Dla próby silnika.", "en": "To try the engine."}}
    )
    return RuleEngine(replace(_PACKS, rules=(rule,)), CASE_CONTEXT)


def test_a_condition_has_its_own_certainty_and_the_surest_speaks() -> None:
    weak, sure = {"terms": {"en": ["slow"]}, "score": 0.6}, {"terms": {"en": ["dead"]}}
    engine = _engine_of(weak, sure)
    assert [(f.score, f.severity) for f in _read("Polna is slow", "en", engine)] == [(0.6, Severity.MEDIUM)]
    assert [(f.score, f.severity) for f in _read("Polna is slow and dead", "en", engine)] == [(0.8, Severity.HIGH)]


def test_a_condition_has_its_own_mood() -> None:
    engine = _engine_of({"terms": {"en": ["slow"]}, "mood": {"negative": 0.7}}, {"terms": {"en": ["dead"]}})
    sour = Feeling(label="negative", negative=0.8, neutral=0.2, positive=0.0)
    calm = Feeling(label="neutral", negative=0.2, neutral=0.8, positive=0.0)
    assert _read("Polna is slow", "en", engine, sour) and not _read("Polna is slow", "en", engine, calm)
    assert _read("Polna is dead", "en", engine, calm)


def test_a_text_is_read_to_its_hundred_thousandth_point() -> None:
    secret = " Projekt Bursztyn"
    inside = "ala " * ((MAX_POINTS - len(secret)) // 4) + secret
    assert _labels(inside) == ["leak.codename"]
    assert _labels("ala " * (MAX_POINTS // 4) + secret) == []


def test_one_pass_over_the_terms_whatever_the_number_of_rules() -> None:
    engine = RuleEngine(_PACKS, CASE_CONTEXT)
    engine.read(Reading(text="Polna " * 1_000), "pl", None)
    assert engine.scanner.passes == 1
    engine.read(Reading(text="(((((" * 1_000), "pl", None)
    assert engine.scanner.passes == 2


def test_windows_of_a_literal_never_read_a_text_more_than_once() -> None:
    seen: list[tuple[int, int]] = []
    from classifiers.rules import patterns

    for start, end in patterns._windows(list(range(10, 50_000, 7)), 50_000):
        seen.append((start, end))
    assert sum(end - start for start, end in seen) <= 50_000
    assert seen[0][0] == 0
    assert seen[-1][1] == 50_000


_HOSTILE = st.text(alphabet=st.characters(), max_size=300)
_WORDS = [
    "Polna",
    "Projekt",
    "Bursztyn",
    "44051401359",
    "hasło:",
    "kurier",
    "#",
    "@",
    "\u200b",
    "B u r s z t y n",
    "😀",
    "nie",
    "poufne",
    "dokument",
    "?",
    "  ",
]
_MIXED = st.lists(st.sampled_from(_WORDS) | st.text(max_size=8), max_size=40).map("".join) | st.lists(
    st.sampled_from(_WORDS), max_size=40
).map(" ".join)


@settings(max_examples=300)
@given(text=_HOSTILE | _MIXED, voice=st.sampled_from(Voice), scope=st.sampled_from(Scope), lang=st.sampled_from(["pl", "en", "und"]))
@example(text="İstanbul ŉ ﬁrma ß", voice=Voice.PUBLIC, scope=Scope.MENTION, lang="pl")
@example(text="\ud800 Projekt Bursztyn \udfff", voice=Voice.PUBLIC, scope=Scope.MENTION, lang="pl")
@example(text="\x00\x01\x02Polna\x03", voice=Voice.OURS, scope=Scope.OFFICIAL, lang="en")
def test_any_text_is_read_and_every_span_lies_in_it(text: str, voice: Voice, scope: Scope, lang: str) -> None:
    for finding in _read(text, lang, voice=voice, scope=scope):
        assert 0.0 < finding.score <= 1.0
        if finding.start is not None and finding.end is not None:
            assert 0 <= finding.start < finding.end <= len(text)
            assert text[finding.start : finding.end].strip()


@settings(max_examples=100)
@given(
    before=st.text(alphabet=string.ascii_letters + " .,\U0001f600ąż\u200b", max_size=40),
    gap=st.sampled_from([" ", "  ", "\n", "-", "_", "\u00a0"]),
)
def test_a_code_name_is_found_wherever_it_stands(before: str, gap: str) -> None:
    text = f"{before}. Projekt{gap}Bursztyn!"
    assert _shown(text, "leak.codename") == f"Projekt{gap}Bursztyn"


@pytest.mark.parametrize("industries", [(), ("finance",), ("retail",)])
def test_an_industry_pack_speaks_only_of_brands_of_that_industry(industries: tuple[str, ...]) -> None:
    dairy = replace(CASE_CONTEXT.brands[0], industries=industries)
    other = BrandTerms(id="other", name="Sklep Wrzos", industries=("retail",))
    engine = RuleEngine(_PACKS, RuleContext(brands=(dairy, other)))
    [found] = _read("Polna sprzedaje przeterminowane jogurty", engine=engine, brand="polna")
    assert found.label == "complaint.quality"
    assert found.severity is (Severity.HIGH if "retail" in industries else Severity.MEDIUM)


@pytest.mark.parametrize("brand", ["w Polnej ", "", "@polna "])
def test_a_week_ago_is_no_shop(brand: str) -> None:
    """Temu is a shop and the Polish word for "ago"; taken for a rival, it stood nearer to the parcel than we did."""
    text = f"Zamówiłem sery {brand}tydzień temu i paczka nie dotarła"
    assert _labels(text, scope=Scope.OFFICIAL if not brand else Scope.MENTION) == ["complaint.delivery"]
    assert _labels("paczka z Temu nie dotarła, a w Polnej byłam rano po sery") == []
