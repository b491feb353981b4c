"""Reads the letters in pictures that nobody described, where that is asked for: lease | fetch and read | apply."""

import logging
from concurrent.futures import ThreadPoolExecutor

from collector import ocr
from core import metrics
from core.errors import CollectError, HttpError
from czujka.house import House
from storage.pictures import Letters, Unread

AT_ONCE = 8
THREADS = 2

log = logging.getLogger("czujka.pictures")


def read_pictures(house: House) -> int:
    """Read a few posts' pictures; a post in whose pictures letters are found is classified anew. Answers how many posts were taken."""
    if not house.settings.pictures.read or ocr.sickness() is not None:
        return 0
    unread = house.store.pictures.lease_unread(AT_ONCE, house.clock())
    if not unread:
        return 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="pictures") as pool:
        return sum(pool.map(lambda one: _read(house, one), unread))


def _read(house: House, unread: Unread) -> int:
    """Fetch and read, then write down. Killed between the two it is done again."""
    read: dict[str, Letters] = {}
    later = False
    for url in unread.urls:
        try:
            read[url] = Letters(*ocr.read_picture(house.http, url))
            found = "letters" if read[url].letters else "nothing"
        except (CollectError, HttpError) as error:
            later |= (is_later := ocr.may_come_later(error) and not unread.is_last)
            found = "later" if is_later else "unreadable"
            log.info("a picture of post %s was not read (%s): %s", unread.item_id, found, error)
        metrics.PICTURES_READ.add(found=found)
    house.store.pictures.keep_letters(unread, read, is_over=not later)
    return 1
