"""What was erased for good and still stands on its platform is met again at the next poll, and not stored again."""

from dataclasses import replace

from storage import Store
from tests.contract.test_store import NOW, an_item, arrive


def test_a_post_of_somebody_who_was_erased_is_not_stored_again(store: Store) -> None:
    hers = an_item(1)
    handle = hers.author.handle
    assert store.items.add([arrive(hers)], NOW).new == 1
    assert store.erasing.erase(store.erasing.who(handle), (), "ola", NOW).rows["item"] == 1
    kept = store.items.count()
    again = store.items.add([arrive(hers), arrive(replace(hers, external_id="another"))], NOW)
    assert (again.new, store.items.count()) == (1, kept + 1), "only what she writes from now on"
