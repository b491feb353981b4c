"""Words that tell a story from what is said otherwise."""

from core.keywords import keywords

USUAL = [f"Dzień {n}: dzisiaj kupiłam mleko i ser, dzisiaj smaczne" for n in range(30)]
STORY = [
    "Dzisiaj znalazłam szkło w kefirze!",
    "szkło w kefirze, serio? dzisiaj mleko też kupiłam",
    "Kefir ze szkłem, zgroza @mleczarnia https://x.example/szklarnia",
    "Uwaga na kefir #kefirgate",
]


def test_what_this_story_says_more_than_others_do_comes_first() -> None:
    assert keywords(STORY, USUAL) == ("kefir", "szkło")


def test_what_everybody_says_anyway_and_what_one_says_alone_is_no_keyword() -> None:
    found = keywords([*STORY, "dzisiaj mleko", "dzisiaj mleko"], USUAL)
    assert "dzisiaj" not in found
    assert "mleko" not in found
    assert "zgroza" not in found


def test_a_word_said_ten_times_in_one_post_counts_once() -> None:
    assert keywords(["oszustwo " * 10, "pasteryzacja", "pasteryzacja"], USUAL) == ("pasteryzacja",)


def test_handles_addresses_and_numbers_are_no_words() -> None:
    assert keywords(["@janek https://adres.example 12345678 v1234"] * 5, USUAL) == ()


def test_one_post_or_nothing_to_compare_with_says_nothing() -> None:
    assert keywords(STORY[:1], USUAL) == ()
    assert keywords(STORY, USUAL[:19]) == ()
    assert keywords([], []) == ()
