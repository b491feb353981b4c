"""Is our reply one that a person would have wanted? Blame, an empty formula, a question left unanswered; each told, none pages anybody.

It looks for what makes a reply concrete rather than for bad words: a number, a link, a yes or no, a word of the question, a question back.
"""

from core.manners import Fault, Replied, Weighed
from core.text import fold

_FORMULAS_TEXT = """
dzien dobry; witam; witamy; szanowni panstwo; szanowna pani; szanowny panie; czesc; pozdrawiamy; pozdrawiam; pozdrawiamy serdecznie
serdecznie pozdrawiamy; milego dnia; zyczymy milego dnia; zapraszamy ponownie; w razie pytan jestesmy do dyspozycji
dziekujemy; dziekujemy za wiadomosc; dziekujemy za kontakt; dziekujemy za opinie; dziekujemy za zgloszenie; dziekujemy za informacje
dziekujemy za komentarz; dziekujemy za sygnal; dziekujemy za zwrocenie uwagi; dziekujemy za wyrozumialosc; dziekujemy za cierpliwosc
przykro nam; bardzo nam przykro; przykro nam to slyszec; bardzo nam przykro to slyszec; przykro nam z powodu zaistnialej sytuacji
przepraszamy; przepraszamy za niedogodnosci; przepraszamy za wszelkie niedogodnosci; przepraszamy za utrudnienia
przepraszamy za zaistniala sytuacje; przepraszamy za klopot; prosimy o cierpliwosc; prosimy o wyrozumialosc; dokladamy wszelkich staran
dokladamy staran; pracujemy nad tym; zajmujemy sie tym; panstwa opinia jest dla nas wazna; panstwa zdanie jest dla nas wazne
twoja opinia jest dla nas wazna; kazda opinia jest dla nas cenna; przekazemy uwagi dalej; przekazemy dalej; przekazalismy dalej
przekazemy sprawe do odpowiedniego dzialu; przekazemy sprawe do wlasciwego dzialu; przekazalismy sprawe do odpowiedniego dzialu
zachecamy do kontaktu; zachecamy do kontaktu z infolinia; prosimy o kontakt; prosimy o kontakt z infolinia
prosimy o kontakt z biurem obslugi klienta; prosimy o kontakt w wiadomosci prywatnej; prosimy o wiadomosc prywatna; zapraszamy na priv
hello; hi; hi there; dear customer; good morning; good afternoon; thank you; thanks; thank you for your message; thank you for contacting us
thank you for reaching out; thanks for reaching out; thank you for your feedback; thanks for your feedback; thank you for letting us know
thanks for letting us know; thank you for your patience; thank you for your understanding; thank you for your comment
we are sorry; we re sorry; sorry to hear that; we are sorry to hear that; we re sorry to hear that; we are sorry to hear this
we apologise; we apologize; we apologise for the inconvenience; we apologise for any inconvenience; we apologize for the inconvenience
we apologize for any inconvenience; we apologise for any inconvenience caused; sorry for the inconvenience
please be patient; please bear with us
we are working on it; we re working on it; we are looking into it; we re looking into it; we value your opinion; we value your feedback
your feedback is important to us; your opinion is important to us; your satisfaction is important to us; we will pass this on
we ll pass this on; we will pass it on; we ll pass it on; we will pass your feedback on to the relevant team; please contact us
please contact customer service; please contact our customer service; please contact support; please send us a private message; please dm us
kind regards; best regards; best wishes; regards; have a nice day; have a great day
"""
_FORMULAS = sorted(
    (f" {one.strip()} " for line in _FORMULAS_TEXT.splitlines() for one in line.split(";") if one.strip()), key=len, reverse=True
)
_YES_OR_NO_TEXT = """
tak nie niestety oczywiscie owszem juz yes no not unfortunately sure indeed yeah nope cannot can
"""
_YES_OR_NO = frozenset(_YES_OR_NO_TEXT.split())
_ASKS_BACK: tuple[str, ...] = (
    " prosimy o numer ",
    " prosimy o podanie ",
    " prosimy o zdjecie ",
    " prosimy podac ",
    " prosimy napisac ",
    " please send ",
    " could you ",
)
_ASKS_BACK += (" can you tell ", " let us know ", " prosze podac ", " prosze napisac ", " which ", " jaki ", " ktory ")
_STEM = 5
_SHORTEST = 4
_ENOUGH_WORDS = 3
LONGEST = 5000
"""Code points of a text that are looked at."""


def weigh(one: Replied) -> Weighed:
    """What is wrong with a reply; nothing is the usual answer."""
    said, reply = one.said[:LONGEST], one.reply[:LONGEST]
    rest = _without_formulas(_words(reply))
    faults = {
        Fault.QUARREL: one.quarrels,
        Fault.FORMULA: not one.quarrels and _is_empty(rest, reply),
        Fault.UNANSWERED: (one.asks or "?" in said) and not _answers(said, rest, reply),
    }
    return Weighed(one, tuple(fault for fault, holds in faults.items() if holds))


def _answers(said: str, rest: str, reply: str) -> bool:
    """Does anything in the reply, but for its courtesies, speak to what was asked, or ask for what is needed to do so?"""
    words = rest.split()
    if _is_concrete(reply) or "?" in reply or any(phrase in rest for phrase in _ASKS_BACK):
        return True
    if not _YES_OR_NO.isdisjoint(words):
        return True
    return not _stems(_words(said)).isdisjoint(_stems(rest))


def _is_empty(rest: str, reply: str) -> bool:
    told = [word for word in rest.split() if len(word) >= _SHORTEST]
    says = not _YES_OR_NO.isdisjoint(rest.split()) or _is_concrete(reply)
    return bool(reply.strip()) and len(told) < _ENOUGH_WORDS and not says and rest != _words(reply)


def _is_concrete(reply: str) -> bool:
    """A number, a date, an address to go to."""
    return any(char.isdigit() for char in reply) or "://" in reply or "www." in reply


def _stems(words: str) -> frozenset[str]:
    """The beginnings of the longer words: Polish endings change, beginnings stay."""
    return frozenset(word[:_STEM] for word in words.split() if len(word) >= _STEM)


def _without_formulas(words: str) -> str:
    for formula in _FORMULAS:
        words = words.replace(formula, " ")
    return words


def _words(text: str) -> str:
    """Folded words alone, a space before, between and behind them."""
    return " " + " ".join("".join(char if char.isalnum() else " " for char in fold(text)).split()) + " "
