"""Which of our replies a person would have wanted: blame, empty courtesy, unanswered questions, in both languages."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.manners import weigh
from core.manners import Fault, Replied

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def faults(said: str, reply: str, *, asks: bool = False, quarrels: bool = False) -> set[Fault]:
    one = Replied(item_id=2, answers_id=1, at=NOW, platform="x", author="@kasia", said=said, reply=reply, asks=asks, quarrels=quarrels)
    return set(weigh(one).faults)


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Gdzie kupię kefir bez laktozy w Krakowie?", "Dzień dobry, kefir bez laktozy jest w sklepie przy Rynku. Pozdrawiamy!"),
        ("Czy sklep jest czynny w niedzielę?", "Niestety, w niedziele odpoczywamy."),
        ("O której otwieracie?", "Dzień dobry, o 8:00."),
        ("Kiedy przyjdzie moja paczka?", "Przepraszamy! Prosimy o numer zamówienia, sprawdzimy od razu."),
        ("Ser był spleśniały", "Przykro nam. Wymienimy ser na nowy w każdym naszym sklepie, wystarczy paragon."),
        ("Is the oat yoghurt vegan?", "Hi! Yes, it is."),
        ("Where can I return the bottles?", "Thanks for asking! Bottles go back to any shop with our sign."),
        ("When will it ship?", "Sorry about that. Which order is it, please?"),
        ("Kocham wasz twaróg!", "Dziękujemy, przekażemy pani Zosi z serowni, na pewno się ucieszy!"),
        ("great butter", "Made by Ola's team in the old dairy, they will be proud."),
    ],
)
def test_a_reply_that_says_something_has_nothing_wrong(said: str, reply: str) -> None:
    assert faults(said, reply) == set()


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Gdzie kupię kefir bez laktozy w Krakowie?", "Dzień dobry, dziękujemy za wiadomość. Pozdrawiamy!"),
        ("Dlaczego od trzech dni nikt nie odbiera?", "Przepraszamy za wszelkie niedogodności, prosimy o cierpliwość."),
        ("Kiedy zwrócicie mi pieniądze?", "Przykro nam to słyszeć. Państwa opinia jest dla nas ważna."),
        ("Where is my parcel?", "Thank you for reaching out! We apologise for any inconvenience."),
        ("Does it contain nuts?", "Hi, your feedback is important to us. Kind regards"),
    ],
)
def test_courtesy_alone_is_a_formula_and_leaves_the_question(said: str, reply: str) -> None:
    assert faults(said, reply) == {Fault.FORMULA, Fault.UNANSWERED}


def test_a_reply_about_something_else_leaves_the_question_without_being_a_formula() -> None:
    assert faults("Czy masło zawiera olej palmowy?", "Zapraszamy na nasz wielki festyn rodzinny nad Wisłą!") == {Fault.UNANSWERED}
    assert faults("Why was I charged twice?", "Our summer festival brings together families, farmers and friends!") == {Fault.UNANSWERED}


def test_courtesy_after_a_complaint_is_a_formula_though_nothing_was_asked() -> None:
    assert faults("Paczka przyszła zgnieciona.", "Przepraszamy za utrudnienia. Miłego dnia") == {Fault.FORMULA}


def test_a_question_without_its_mark_counts_where_it_was_found() -> None:
    reply = "Dziękujemy za kontakt, pozdrawiamy"
    assert Fault.UNANSWERED not in faults("powiedzcie gdzie was znajdę", reply)
    assert Fault.UNANSWERED in faults("powiedzcie gdzie was znajdę", reply, asks=True)


def test_blame_is_told_as_blame_and_not_as_a_formula_too() -> None:
    assert faults("Ser był gorzki.", "Trzeba było czytać etykietę, to pana wina", quarrels=True) == {Fault.QUARREL}


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_weighed(said: str, reply: str) -> None:
    told = faults(said, reply)
    assert Fault.QUARREL not in told
    assert "?" in said or Fault.UNANSWERED not in told
    assert Fault.FORMULA not in faults(said, reply + " 48"), "a number is concrete"
