"""To which platforms people link where we have no account: counted by people, asked once."""

from collections.abc import Mapping

import pytest

from core.policy import Trigger
from core.settings import PolicyTable
from governance.linked import linked
from governance.review import Seen, due
from tests.unit.test_policy_review import CLAUSES, NOW


@pytest.mark.parametrize(
    ("text", "platforms"),
    [
        ("patrzcie https://www.tiktok.com/@polna", {"tiktok": 1}),
        ("https://pl.linkedin.com/company/polna i HTTPS://T.ME/polna", {"linkedin": 1, "telegram": 1}),
        ("https://x.com/polna https://twitter.com/polna", {}),
        ("tiktok.com bez adresu", {}),
        ("https://nottiktok.com/a https://tiktok.com.evil.example/a", {}),
        ("https://tiktok.com", {"tiktok": 1}),
        ("(https://tiktok.com)", {"tiktok": 1}),
        ("https://blog.polna.example/tiktok.com", {}),
    ],
)
def test_a_link_counts_by_its_host(text: str, platforms: Mapping[str, int]) -> None:
    assert linked([("ola", text)], {"x"}) == platforms


def test_one_author_counts_once() -> None:
    posts = [("ola", "https://tiktok.com/a"), ("ola", "https://tiktok.com/b"), ("jan", "https://tiktok.com/a")]
    assert linked(posts, ()) == {"tiktok": 2}


def test_enough_people_ask_the_clause_on_accounts_with_their_number() -> None:
    looked_at = {one.id: NOW for one in CLAUSES}
    table = PolicyTable(linked=5)
    assert due(CLAUSES, Seen(looked_at=looked_at, linked={"tiktok": 4}), table, NOW) == ()
    [one] = due(CLAUSES, Seen(looked_at=looked_at, linked={"tiktok": 5}), table, NOW)
    assert (one.clause, one.trigger, one.key) == ("POL-13", Trigger.PLATFORM, "linked tiktok")
    assert one.evidence == {"platform": "tiktok", "linked": 5}
