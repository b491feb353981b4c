"""Near-duplicate signatures, language, and what a batch of readings gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.language import detect
from classifiers.rules.cases import CASE_CONTEXT
from classifiers.rules.context import BrandTerms, RuleContext
from classifiers.signature import BANDS, signature
from classifiers.understand import Classifiers
from core.types import Reading

_POST = "Mleczarnia Polna sprzedaje spleśniałe serki w sklepie na rynku i nikt z obsługi nie chce przyjąć reklamacji od klientów"


@pytest.mark.parametrize(
    "other",
    [
        _POST.upper(),
        _POST + " https://t.co/abc123",
        "RT @ktos: " + _POST,
        _POST.replace("ł", "l").replace("ś", "s"),
        _POST + "!!!",
        _POST.replace("na rynku", "na starym rynku"),
        _POST.replace("klientów", "ludzi"),
    ],
)
def test_posts_that_tell_the_same_share_a_band(other: str) -> None:
    assert set(signature(_POST)) & set(signature(other))


def test_posts_that_tell_something_else_share_none() -> None:
    others = [
        "Bardzo dobre lody pistacjowe, polecam każdemu kto lubi orzechy i słodycze po obiedzie z rodziną",
        "Kiedy otwieracie nowy sklep w Kielcach i czy będzie tam parking dla rowerów dzieci",
    ]
    for other in others:
        assert not set(signature(_POST)) & set(signature(other))


def test_short_texts_share_only_when_equal() -> None:
    assert signature("Super ser!") == signature("super SER")
    assert not set(signature("super ser")) & set(signature("super serek"))
    assert len(signature("jedno dwa trzy")) == 1
    assert len(signature("jedno dwa trzy cztery")) == BANDS


def test_a_text_without_words_has_no_signature() -> None:
    assert signature("") == signature("😀😀 !!!") == signature("https://t.co/x") == ()


@settings(max_examples=200)
@given(text=st.text(max_size=200))
def test_signatures_fit_in_signed_64_bits_and_never_change(text: str) -> None:
    bands = signature(text)
    assert bands == signature(text)
    assert all(-(2**63) <= band < 2**63 for band in bands)


@pytest.mark.parametrize(
    ("text", "claim", "lang"),
    [
        ("gdzie jest moja paczka, czekam juz tydzien", None, "pl"),
        ("where is my parcel, it has been a week", None, "en"),
        ("łódź", "en", "pl"),
        ("ok", "pl", "pl"),
        ("ok", "en", "en"),
        ("where is my parcel, it has been a week", "pl", "en"),
        ("gdzie jest moja paczka, czekam juz tydzien", "de", "pl"),
        ("😀", None, "und"),
        ("😀", "pl", "pl"),
        ("", None, "und"),
    ],
)
def test_language(text: str, claim: str | None, lang: str) -> None:
    assert detect(text, claim) == lang


@dataclass
class _Felt:
    label: str = "negative"
    negative: float = 0.7
    neutral: float = 0.2
    positive: float = 0.1
    truncated: bool = False
    complaint: float | None = None
    praise: float | None = None
    question: float | None = None
    abuse: float | None = None
    topics: Mapping[str, float] = field(default_factory=dict)


class _Model:
    """A small working model: negative for texts with an exclamation mark, and it counts what it is asked."""

    version = "exclamation@1"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def read(self, texts: Sequence[str], langs: Sequence[str]) -> list[_Felt]:
        self.asked += zip(texts, langs, strict=True)
        return [_Felt() if "!" in text else _Felt("neutral", 0.1, 0.8, 0.1) for text in texts]


def test_a_batch_keeps_its_order_and_asks_the_model_once_per_text() -> None:
    model = _Model()
    classifiers = Classifiers.load(CASE_CONTEXT, model)
    texts = ["ala ma kota i psa!", "", "ala ma kota i psa!", "the dog and the cat are friends"]
    read = classifiers.read([Reading(text=text) for text in texts])
    assert [one.feeling.label for one in read] == ["negative", "neutral", "negative", "neutral"]
    assert [one.lang for one in read] == ["pl", "und", "pl", "en"]
    assert len(model.asked) == 3
    assert read[0].signature == read[2].signature != read[3].signature
    assert not any(one.truncated for one in read)
    assert classifiers.read([]) == []


def test_what_nobody_read_is_marked() -> None:
    classifiers = Classifiers.load(CASE_CONTEXT)
    short, long = classifiers.read([Reading(text="a" * 100_000), Reading(text="a" * 100_001)])
    assert (short.truncated, long.truncated) == (False, True)


def test_the_version_names_packs_configuration_and_model() -> None:
    plain = Classifiers.load(CASE_CONTEXT)
    modelled = Classifiers.load(CASE_CONTEXT, _Model())
    renamed = Classifiers.load(RuleContext(brands=(BrandTerms(id="polna", name="Mleczarnia Wodna"),)))
    versions = {plain.version, modelled.version, renamed.version}
    assert len(versions) == 3
    assert all(0 < len(version) <= 40 for version in versions)
    assert Classifiers.load(CASE_CONTEXT).version == plain.version
