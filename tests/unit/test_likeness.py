"""Two posts in other words, or in the other language, are known for one story; the same words about another place or sum are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.likeness.alike import MOST_COMPARED, alike, closest, explained, goes_by_likeness, told_of
from core.likeness.terms import MOST_TERMS, terms

SLIDES = "Ktoś wrzucił poufną prezentację Bankolo, zamkną 40 oddziałów w Łodzi"


@pytest.mark.parametrize(
    "other",
    [
        "poufne slajdy Bankolo krążą po grupach: czterdzieści oddziałów w Łodzi do zamknięcia",
        "RT @ktos: poufna prezentacja Bankolo, w Łodzi zamykają 40 oddziałów https://t.co/abc",
        "Confidential Bankolo presentation: forty branches in Łódź to be closed",
        "POUFNA prezentacja BANKOLO, 40 ODDZIALOW w Lodzi zamkna!!!",
    ],
)
def test_one_story_in_other_words_is_known(other: str) -> None:
    found = alike(SLIDES, other, languages=("pl", "en" if other.startswith("Conf") else "pl"))
    assert found.is_same, found
    assert len(found.shared) >= 2
    assert set(found.shared) <= set(terms(SLIDES).values()), "the words are the first post's own"


@pytest.mark.parametrize(
    "other",
    [
        "Ktoś wrzucił poufny cennik Bankolo dla firm z Gdańska",
        "Bankolo otwiera 12 nowych oddziałów w Krakowie",
        "Poufne: co gotują dziś w kantynie",
        "Piękna pogoda w Łodzi",
        "",
        "😀😀😀",
    ],
)
def test_another_story_is_not(other: str) -> None:
    assert not alike(SLIDES, other).is_same


def test_another_town_and_another_sum_speak_against() -> None:
    """More than one word that differs does: as many words are in common each time."""
    said = "Poufny plan Kramu, zamykają sklep {place}, {people} osób na bruk"
    one = said.format(place="w Łodzi", people=40)
    word, town = (alike(one, said.format(place=place, people=40)) for place in ("bezczelnie", "w Gdańsku"))
    assert len(word.shared) == len(town.shared)
    assert word.score > town.score
    letters, total = (alike(one, said.format(place="w Łodzi", people=people)) for people in ("iluś", 70))
    assert len(letters.shared) == len(total.shared)
    assert letters.score > total.score


def test_terms_are_one_for_inflections_synonyms_numbers_and_languages() -> None:
    assert terms("paczki").keys() == terms("Przesyłce").keys() == terms("parcels").keys() == {"=parcel"}
    assert terms("w Łodzi").keys() == terms("#lodz").keys() == {"@lodz"}
    assert terms("czterdzieści").keys() == terms("0040").keys() == terms("forty").keys() == {"#40"}
    assert terms("ekspozycją").keys() == terms("ekspozycji").keys()
    assert terms("i nie do się the https://t.co/x www.kram.example") == {}


def test_the_most_alike_is_taken_among_the_first_so_many() -> None:
    near, nearest = "poufna prezentacja Bankolo, zamkną oddziały w Łodzi", SLIDES + "!"
    assert closest(SLIDES, "pl", [("far", "ładny dzień", "pl"), ("near", near, "pl"), ("nearest", nearest, "pl")])[0] == "nearest"  # type: ignore[index]
    strangers = [(str(n), "ładny dzień", "pl") for n in range(MOST_COMPARED)]
    assert closest(SLIDES, "pl", [*strangers, ("late", nearest, "pl")]) is None, "what comes later is not compared"
    assert closest(SLIDES, "pl", []) is None


@settings(max_examples=150)
@given(one=st.text(max_size=120), other=st.text(max_size=120))
def test_likeness_is_a_share_and_the_same_from_either_side(one: str, other: str) -> None:
    found, back = alike(one, other), alike(other, one)
    assert 0 <= found.score <= 1
    assert found.score == pytest.approx(back.score)
    assert found.is_same == back.is_same


def test_a_hostile_text_has_bounded_terms() -> None:
    assert len(terms(" ".join(f"słowo{n}x" for n in range(100_000)))) <= MOST_TERMS
    assert len(terms("a" * 1_000_000)) == 1


def test_a_merge_is_explained_without_handles_numbers_and_what_is_gone() -> None:
    taken = [{"item": 7, "with": 3, "alike": 0.824}]
    texts = {7: "@jan mówi: poufny plan, 40 sklepów w Łodzi", 3: "Poufny plan: w Łodzi 40 sklepów, mówi @jan"}
    assert told_of(taken) == {3, 7}
    [(item_id, with_id, alike_, words)] = explained(taken, texts)
    assert (item_id, with_id, alike_) == (7, 3, 82)
    assert set(words) == {"mówi", "poufny", "plan", "sklepów", "Łodzi"}
    assert [*explained(taken, {7: texts[7]})] == [(7, 3, 82, ())]
    assert [*explained(None, {})] == []


def test_numbers_of_people_and_secrets_never_go_by_likeness() -> None:
    assert all(map(goes_by_likeness, ("leak.confidential", "leak.internal", "leak.finance", "policy.insult")))
    assert not any(map(goes_by_likeness, ("leak.pii.pesel", "leak.secret.token", "leak.codename", "complaint.delivery", "crisis.breach")))
