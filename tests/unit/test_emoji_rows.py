"""Rows with emoji are made of labelled ones: agreeing, mocking, or all there is to feel."""

from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.data import Row
from classifiers.sentiment.training.emoji import CROSS, EITHER, GLAD, MOCKING, PLAIN, SOURCE, emoji_rows

NEGATIVE, NEUTRAL, POSITIVE = range(len(LABELS))
COUNT = 400


def rows(text: str, label: int) -> list[Row]:
    return [Row(text, "pl", label, "pl-hotels", f"pl-hotels/{index}") for index in range(COUNT)]


def shown(row: Row, text: str) -> set[str]:
    """The emoji of a row, once its text is taken away."""
    assert text in row.text
    return set(row.text.replace(text, "").replace(" ", ""))


def test_emoji_agree_with_the_label_they_are_added_to() -> None:
    long = "Pokój był taki, jak go opisano na stronie, a obsługa zrobiła wszystko, o co prosiliśmy przed przyjazdem tutaj."
    for label, fitting in ((NEGATIVE, CROSS), (NEUTRAL, PLAIN), (POSITIVE, GLAD)):
        made = emoji_rows(rows(long, label))
        assert 0.03 * COUNT < len(made) < 0.15 * COUNT
        assert {row.label for row in made} == {label}
        assert {row.source for row in made} == {"pl-hotels"}
        assert all(shown(row, long) <= {*fitting, *EITHER} for row in made)


def test_a_short_praise_under_mocking_emoji_is_none() -> None:
    decided = [row for row in emoji_rows(rows("No super", POSITIVE)) if row.source == SOURCE]
    assert 0.1 * COUNT < len(decided) < 0.3 * COUNT
    assert {row.label for row in decided} == {NEGATIVE}
    assert all(shown(row, "No super") <= set(MOCKING) for row in decided)


def test_a_plain_text_feels_as_its_emoji() -> None:
    decided = [row for row in emoji_rows(rows("Wczoraj byłem w sklepie", NEUTRAL)) if row.source == SOURCE]
    assert {row.label for row in decided} == {NEGATIVE, POSITIVE}
    for row in decided:
        assert shown(row, "Wczoraj byłem w sklepie") <= set(CROSS if row.label == NEGATIVE else GLAD)


def test_the_same_rows_give_the_same_rows() -> None:
    assert emoji_rows(rows("No super", POSITIVE)) == emoji_rows(rows("No super", POSITIVE))
    assert emoji_rows([]) == []
