"""Is this candidate real? Validators see only the short strings that the linear engine cut out.

Sources: python-stdnum (checksums of PESEL, NIP, REGON, ID card, IBAN, Luhn), phonenumbers (Google's libphonenumber).
"""

from collections.abc import Callable

import phonenumbers
from stdnum import iban, luhn
from stdnum.pl import nip, pesel, regon

from classifiers.rules.secrets import is_chosen, is_connection_string, is_generated, is_hard_to_guess, is_mixed, is_password

_TEST_CARDS_TEXT = """
2223003122003222 30569309025904 3530111333300000 371449635398431 378282246310005 4000000000000002 4000056655665556
4012888888881881 4111111111111111 4242424242424242 5105105105105100 5454545454545454 5555555555554444 6011111111111117
"""
_TEST_CARDS = frozenset(_TEST_CARDS_TEXT.split())
_TEST_PHONES_TEXT = """
111222333 123123123 123456789 500100100 500500500 501234567 555555555 600100100 600600600 700700700 987654321
"""
_TEST_PHONES = frozenset(_TEST_PHONES_TEXT.split())
_TEST_IBANS = frozenset(("GB82WEST12345698765432",))
_TEST_NIPS = frozenset(("1234563218", "1234567819"))
_ID_WEIGHTS = (7, 3, 1, 7, 3, 1, 7, 3)
_ROLES_TEXT = """
abuse accounting admin admissions alert alerts apteka archive archiwum ask bilety billing biuro bok booking bookings boxoffice
care career careers casework ceo cfo claims club community complaint complaints contact customer customercare customerservice
donotreply dpo e-mail email enquiries events example faktury feedback finance firma firstname.lastname gabinet gdpr general
haslo hej hello help helpdesk hi hr imie.nazwisko info inquiries invoices iod jakosc jan.kowalski jane.doe job jobs john.doe
kadry kariera kasa kontakt ksiegowosc legal library mail marketing media membership nagrody name name.surname newsletter
no-reply noreply obsluga obslugaklienta office orders partner partners partnership partnerships pass password pomoc postmaster
pr praca prasa press pressoffice privacy promo recepcja reception recruitment redakcja rejestracja reklamacje rekrutacja returns
rewards rezerwacje rodo sales security sekretariat service serwis shop sklep social sponsoring sprzedaz store subscriptions
support szkola team test tickets user webmaster welcome wholesale wspolpraca you your zamowienia zarzad zgloszenia zwroty
"""
_ROLES = frozenset(_ROLES_TEXT.split())
_WEEKDAYS_TEXT = """
mon monday tue tues tuesday wed weds wednesday thu thur thurs thursday fri friday sat saturday sun sunday
poniedzialek poniedzialku wtorek wtorku sroda srode srody czwartek czwartku piatek piatku sobota sobote soboty niedziela niedziele niedzieli
"""
_WEEKDAYS = frozenset(_WEEKDAYS_TEXT.split())
_NO_NAMES_TEXT = """
adwokat agency apteka autohaus avenue bank bar barn biuro boutique cafe call care center centre centrum clinic club college
company contact customer department desk dom dworek dzial emergency firma fitness foto gabinet galeria gallery garage gmina
gospoda helpdesk hospital hostel hotel house infolinia inn instytut kancelaria kawiarnia klinika klub kontakt lekarz lounge
market mecenas media medical museum muzeum notariusz office opera osrodek park pensjonat pharmacy phone pizzeria please poland
police policja polska poradnia posel press prezydent prof profesor prosze przedszkole przychodnia pub punkt radca radio recepcja
rejestracja restauracja restaurant royal salon school sekretariat service services serwis shop sklep spa spolka sport stadion
station store straz street studio support szkola szpital taxi team teatr tel telefon theatre tickets university urzad warsztat
zadzwon zaklad zarzad zespol
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())
_SPELLED = (
    *((written, "@") for written in ("(at)", "[at]", "{at}", "(malpa)", "[malpa]", " malpa ", "%40", " at ")),
    *((written, ".") for written in ("(dot)", "[dot]", "(kropka)", "[kropka]", " dot ", " kropka ")),
)
_TEST_DOMAINS = (
    "example.com",
    "example.org",
    "example.net",
    "example.pl",
    "test.com",
    "test.pl",
    "domain.com",
    "domena.pl",
    "firma.pl",
    "email.com",
)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _uniform(digits: str) -> bool:
    return len(set(digits)) < 3


def is_pesel(text: str) -> bool:
    """Eleven digits, the right check digit, the date of birth of somebody who may be alive."""
    digits = _digits(text)
    return len(digits) == 11 and not _uniform(digits) and bool(pesel.is_valid(digits)) and 1900 <= pesel.get_birth_date(digits).year < 2040


def is_nip(text: str) -> bool:
    digits = _digits(text)
    return digits not in _TEST_NIPS and not _uniform(digits) and bool(nip.is_valid(digits))


def is_regon(text: str) -> bool:
    digits = _digits(text)
    return not _uniform(digits) and bool(regon.is_valid(digits))


def is_id_card(text: str) -> bool:
    """Polish identity card: three letters, six digits, the first of them a check digit."""
    compact = "".join(char for char in text.upper() if char.isalnum()).replace("NUMER", "").replace("NR", "", text.upper().count(" NR"))
    if len(compact) != 9 or not compact[:3].isalpha() or not compact[3:].isdigit() or _uniform(compact[3:]):
        return False
    values = [int(char, 36) for char in compact]
    weighted = sum(value * weight for value, weight in zip(values[:3] + values[4:], _ID_WEIGHTS, strict=True))
    return weighted % 10 == values[3]


def is_iban(text: str) -> bool:
    """An IBAN, or the 26 digits of a Polish account."""
    compact = "".join(char for char in text.upper() if char.isalnum())
    if compact.isdigit():
        compact = "PL" + compact
    return compact not in _TEST_IBANS and not _uniform(compact[4:]) and bool(iban.is_valid(compact))


def is_card(text: str) -> bool:
    """13 to 19 digits with the Luhn check digit and a card network's prefix; published test numbers are not cards."""
    digits = _digits(text)
    plausible = 13 <= len(digits) <= 19 and digits[0] in "23456" and digits not in _TEST_CARDS and len(set(digits)) > 3
    return plausible and bool(luhn.is_valid(digits))


def is_phone(text: str) -> bool:
    """A number that can be dialled, read as Polish without a prefix; hotlines and made-up numbers are not private."""
    digits = _digits(text)
    if digits[-9:] in _TEST_PHONES or _uniform(digits[-9:]) or "55501" in digits:
        return False
    try:
        number = phonenumbers.parse(text, "PL")
    except phonenumbers.NumberParseException:
        return False
    private = (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in private


def is_mobile(text: str) -> bool:
    """A phone that is a mobile, or an international number (where many countries mix both)."""
    if not is_phone(text):
        return False
    kind = phonenumbers.number_type(phonenumbers.parse(text, "PL"))
    return kind != phonenumbers.PhoneNumberType.FIXED_LINE


def is_english_phone(text: str) -> bool:
    """A number as people write it at home in Britain, Ireland, Australia or India, without the country's prefix."""
    digits = _digits(text)
    if _uniform(digits[-9:]) or digits[-9:] in _TEST_PHONES:
        return False
    try:
        return any(phonenumbers.is_valid_number(phonenumbers.parse(text, region)) for region in ("GB", "IE", "AU", "IN"))
    except phonenumbers.NumberParseException:
        return False


def is_personal_email(text: str) -> bool:
    """An address that names a person rather than a role, a placeholder or an example."""
    local, _, domain = text.lower().partition("@")
    base = local.split("+")[0]
    if domain.endswith(_TEST_DOMAINS) or base in _ROLES or base.split(".")[0] in _ROLES or base.split("-")[0] in _ROLES:
        return False
    return "." in domain and len(base) > 2


def is_spelled_email(text: str) -> bool:
    """A personal address written so that programs miss it: "jan dot nowak at wp dot pl", "jan[at]wp[dot]pl", "jan%40wp.pl"."""
    spelled = text.lower()
    for written, sign in _SPELLED:
        spelled = spelled.replace(written, sign)
    return is_personal_email("".join(spelled.split()))


def is_named_phone(text: str) -> bool:
    """A telephone number beside a name and surname that are a person's, as far as the words tell."""
    words = [word.strip(",;:|()\"'.") for word in text.split()]
    if not _NO_NAMES.isdisjoint(word.lower() for word in words):
        return False
    letters = [place for place, char in enumerate(text) if char.isalpha()]
    number = text[letters[-1] + 1 :] if text[0].isalpha() else text[: letters[0]]
    return is_phone(number) or is_english_phone(number)


def is_named_home(text: str) -> bool:
    """An address beside a name and surname that are a person's, as far as the words tell."""
    before = text[: next((place for place, char in enumerate(text) if char.isdigit()), 0)].lower()
    return is_home(text) and _NO_NAMES.isdisjoint("".join(char if char.isalpha() else " " for char in before).split()[:2])


def is_passport(text: str) -> bool:
    """Six digits or more, not all alike; passports have no checksum that people write down."""
    return len(_digits(text)) >= 6 and not _uniform(_digits(text))


def is_home(text: str) -> bool:
    """An address of a street, rather than a day: "Tuesday 10/30"."""
    return "24/7" not in text and _WEEKDAYS.isdisjoint(text.lower().replace(".", " ").split())


def is_code(text: str) -> bool:
    """A code of digits that somebody chose, rather than a year or the same digit over and over."""
    return not _uniform(text) and not 1900 <= int(text) <= 2099


VALIDATORS: dict[str, Callable[[str], bool]] = {
    "pesel": is_pesel,
    "nip": is_nip,
    "regon": is_regon,
    "id_card": is_id_card,
    "iban": is_iban,
    "card": is_card,
    "phone": is_phone,
    "mobile": is_mobile,
    "english_phone": is_english_phone,
    "named_phone": is_named_phone,
    "email": is_personal_email,
    "spelled_email": is_spelled_email,
    "secret": is_hard_to_guess,
    "generated": is_generated,
    "mixed": is_mixed,
    "password": is_password,
    "chosen": is_chosen,
    "code": is_code,
    "home": is_home,
    "named_home": is_named_home,
    "passport": is_passport,
    "connection": is_connection_string,
}
