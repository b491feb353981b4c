"""Views of a text, Polish forms, validators and secrets: the parts that the engine stands on."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifiers.rules.polish import inflect, inflect_name
from classifiers.rules.secrets import entropy_bits, is_connection_string, is_hard_to_guess, is_password
from classifiers.rules.validators import is_card, is_iban, is_id_card, is_mobile, is_nip, is_personal_email, is_pesel, is_phone, is_regon
from classifiers.rules.view import folded_view, normalise_term, plain_view


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Żółta ŁÓDŹ", "zolta lodz"),
        ("dwa   słowa\n\nobok", "dwa slowa obok"),
        ("b-o-j-k-o-t", "bojkot"),
        ("s k a n d a l   r o k u", "skandal roku"),
        ("#WstydPolna", "#wstyd polna"),
        ("zł0dzieje", "zlodzieje"),
        ("maaaasakra", "masakra"),
        ("jan@wp.pl", "jan@wp.pl"),
        ("„cudzysłów” i myślnik – koniec", '"cudzyslow" i myslnik koniec'),
        ("ulica a i o w tym", "ulica aiow tym"),
        ("rok 2024 i 1000 zł", "rok 2024 i 1000 zl"),
    ],
)
def test_folded(text: str, folded: str) -> None:
    assert folded_view(plain_view(text)).text == folded


def test_every_folded_character_knows_where_it_came_from() -> None:
    text = "A\u200b  B u r s z t y n #ŻółtySer"
    view = folded_view(plain_view(text))
    start = view.text.index("bursztyn")
    first, last = view.span(start, start + len("bursztyn"))
    assert text[first:last] == "B u r s z t y n"
    start = view.text.index("ser")
    assert text[slice(*view.span(start, start + 3))] == "Ser"


def test_plain_keeps_case_and_digits() -> None:
    assert plain_view("Zażółć PL61 １２３").text == "Zazolc PL61 123"


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("paczka", {"paczka", "paczki", "paczkę", "paczką", "paczce", "paczek"}),
        ("oszukać", {"oszukali", "oszukałem", "oszukałam", "oszukaliście", "oszukano", "oszukany", "oszuka"}),
        ("poufny", {"poufny", "poufne", "poufna", "poufnego", "poufnych"}),
        ("tajemnica przedsiębiorstwa", {"tajemnica przedsiębiorstwa", "tajemnicę przedsiębiorstwa", "tajemnicą przedsiębiorstwa"}),
        ("ściśle tajny", {"ściśle tajny", "ściśle tajnego", "ściśle tajnych"}),
        ("zgubić paczkę", {"zgubić paczkę", "zgubili paczkę", "zgubiłem paczkę"}),
    ],
)
def test_polish_terms_are_inflected(term: str, forms: set[str]) -> None:
    assert forms <= inflect(term)


def test_words_of_a_phrase_agree() -> None:
    forms = inflect("zły adres")
    assert "złego adresu" in forms
    assert "złego adresem" not in forms
    assert not any(form.startswith("nie") for form in inflect("oszukać"))


def test_names_are_declined_even_when_nobody_knows_them() -> None:
    assert {"projekcie bursztyn", "projektu bursztynu", "projektem bursztyn"} <= inflect_name("Projekt Bursztyn")
    assert {"mleczarni polnej", "mleczarnię polną"} <= inflect_name("Mleczarnia Polna")
    assert {"xarbol", "xarbolu", "xarbolem"} <= inflect_name("Xarbol")
    assert {"nordarcie", "nordartem"} <= inflect_name("Nordart")
    assert {"xarbola", "xarbolu", "xarbolem"} <= inflect_name("Xarbolo")
    assert {"xarbocie", "xarbotą"} <= inflect_name("Xarbota")
    assert "xarbokiem" in inflect_name("Xarbok")


@pytest.mark.parametrize(
    ("accepts", "good", "bad"),
    [
        (is_pesel, "44051401359", "44051401358"),
        (is_pesel, "02271409867", "02271409868"),
        (is_nip, "526-104-08-28", "526-104-08-27"),
        (is_nip, "5261040828", "0000000000"),
        (is_regon, "123456785", "123456789"),
        (is_id_card, "ABS123456", "ABS123457"),
        (is_iban, "PL61 1090 1014 0000 0712 1981 2874", "PL61 1090 1014 0000 0712 1981 2875"),
        (is_iban, "61109010140000071219812874", "61109010140000071219812871"),
        (is_card, "4539 1488 0343 6467", "4539 1488 0343 6468"),
        (is_card, "5425233430109903", "4111111111111111"),
        (is_phone, "601 234 987", "123 456 789"),
        (is_phone, "+48 22 638 47 19", "801 234 765"),
        (is_mobile, "602 418 735", "22 638 47 19"),
        (is_personal_email, "danuta.krol77@wp.pl", "kontakt@polna.pl"),
        (is_personal_email, "o.brannigan@icloud.com", "kate.moss@example.com"),
        (is_hard_to_guess, "7h2Kq9vXzPm4Lw8Rt5Yb1Nc6", "xxxxxxxxxxxxxxxxxxxxxxxx"),
        (is_hard_to_guess, "AKIA4XQ7ZB2MPLRT6WVN", "AKIAIOSFODNN7EXAMPLE"),
        (is_password, "Ser1972!", "changeme123"),
        (is_password, "Gouda!2023", "śniadanie"),
        (is_connection_string, "postgres://shop:Vt7qLp2x@db.polna-prod.net/orders", "postgres://user:password@localhost/db"),
    ],
)
def test_validators(accepts: object, good: str, bad: str) -> None:
    assert callable(accepts)
    assert accepts(good)
    assert not accepts(bad)


def test_entropy_is_in_bits_per_character() -> None:
    assert entropy_bits("") == 0
    assert entropy_bits("aaaa") == 0
    assert entropy_bits("abcd") == 2


@given(st.text("aąbkzZ ó.-@#$01", max_size=12))
@example("mleko krowie")
@example("hej kk")
@example("mleeeko")
@example("a b c d e")
@example("#ZłeMleko")
def test_a_term_is_normalised_as_a_text_is_folded(term: str) -> None:
    assert normalise_term(term) == folded_view(plain_view(term.strip())).text
