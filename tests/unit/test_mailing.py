"""Subjects arrive as they were written."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from hypothesis import example, given
from hypothesis import strategies as st

from core.mailing import MAIL

WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30)


@given(st.lists(WORDS, min_size=1, max_size=25).map(" ".join))
@example(
    "listopada x-mentions łódź tempie miesiąca 24 miesiąca Śmietana tempie [Czujka] budżet skończy tempie listopada odczyty budżet miesiąca"
)
@example("[Czujka] krytyczny: możliwy wyciek, Projekt Bursztyn, X i Mastodon, przez @marek (12 400 obserwujących), 3 wpisy")
def test_a_subject_comes_back_word_for_word_and_within_what_the_standard_allows(subject: str) -> None:
    mail = EmailMessage(policy=MAIL)
    mail["Subject"] = subject
    mail.set_content("x")
    written = mail.as_bytes()
    assert message_from_bytes(written, policy=policy.default)["Subject"] == subject
    head = written.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(word) <= 75 for line in head for word in line.split() if word.startswith(b"=?"))
    assert all(len(line) <= 998 for line in head)
