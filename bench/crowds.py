"""Many posts in a PostgreSQL of its own, written by the database itself: a week of them, with their counts, findings and stories."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

import sqlalchemy as sa

from storage import Store
from tests.fakes.postgres import Postgres

WEEK_S = 7 * 86_400
STORIES, IN_A_STORY, TALKS = 5, 2_000, 5_000
ITEMS = """
INSERT INTO item (platform, external_id, source_id, brand, scope, voice, kind, lang, text, folded, hash, author_key, followers, created_at,
                  collected_at, may_page, classified_by, classified_at, assessed_at, negative, neutral, positive)
SELECT 'x', 'p' || n, 'x-mentions', 'polna', 'mention', CASE WHEN n % 20 = 0 THEN 'ours' ELSE 'public' END, 'post', 'pl', 'paczka ' || n,
       'paczka ' || n, md5(n::text), 'x:' || n % 50000, n % 5000, at, at, true, 'v1', at, at,
       CASE WHEN n % 3 = 0 THEN 0.8 ELSE 0.1 END, CASE WHEN n % 3 = 0 THEN 0.1 ELSE 0.8 END, 0.1
FROM (SELECT n, CAST(:until AS timestamptz) - n * CAST(:apart_s AS double precision) * interval '1 second' AS at
      FROM generate_series(1, :many) AS n) AS posts
"""
COUNTS = """
INSERT INTO rollup (brand, source_id, measure, minute, value)
SELECT brand, source_id, told.measure, date_trunc('minute', created_at), count(*)
FROM item, LATERAL (VALUES ('volume'), (CASE WHEN negative > neutral THEN 'negative' ELSE 'neutral' END)) AS told (measure)
GROUP BY brand, source_id, told.measure, date_trunc('minute', created_at)
"""
FINDINGS = """
INSERT INTO finding (item_id, revision, label, score, severity, detector, start, "end", reported, brand, said_at, found_at)
SELECT id, 0, CASE WHEN id % 20 = 0 THEN 'leak.document' ELSE 'complaint.delivery' END, 0.9, 'medium', 'complaint.delivery@1', 0, 6, true,
       brand, created_at, created_at
FROM item WHERE id % 10 = 0
"""
FIRES = """
INSERT INTO incident (dedup_key, label, title, severity, state, owner, policy, paging, opened_at, last_item_at, items, brand)
SELECT 'k' || n, 'complaint.delivery', '', 'high', 'open', 'pr', '{}', false, CAST(:until AS timestamptz) - interval '3 hours', :until,
       :each, 'polna'
FROM generate_series(1, :stories) AS n
"""
HELD = """
INSERT INTO incident_item (incident_id, item_id)
SELECT fire.id, post.id FROM incident AS fire CROSS JOIN LATERAL (
    SELECT id FROM item WHERE id % :stories = fire.id % :stories ORDER BY id LIMIT :each) AS post
"""
TALKING = """
INSERT INTO conversation (key, brand, platform, author, owner, state, opened_at, due_at, answered_at, last_item_id)
SELECT 'x:' || n, 'polna', 'x', '@a' || n, 'care', CASE WHEN n % 2 = 0 THEN 'answered' ELSE 'new' END, at, at + interval '1 hour',
       CASE WHEN n % 2 = 0 THEN at + interval '30 minutes' END, n
FROM (SELECT n, CAST(:until AS timestamptz) - n * CAST(:apart_s AS double precision) * interval '1 second' AS at
      FROM generate_series(1, :talks) AS n) AS talks
"""


@contextmanager
def databases(*sizes: int, until: datetime) -> Iterator[list[Store]]:
    """A store with so many posts for each size, all in the week before `until` (aware UTC)."""
    server = Postgres.start()
    try:
        yield from _opened(server, sizes, until, [])
    finally:
        server.stop()


def _opened(server: Postgres, sizes: tuple[int, ...], until: datetime, stores: list[Store]) -> Iterator[list[Store]]:
    if not sizes:
        yield stores
        return
    with server.database() as url, closing(Store.open(url)) as store:
        fill(store, sizes[0], until)
        yield from _opened(server, sizes[1:], until, [*stores, store])


def fill(store: Store, many: int, until: datetime) -> None:
    """So many posts at even distances; a tenth of them with a finding; stories and conversations as there are on a bad day."""
    given = {"until": until, "many": many, "apart_s": WEEK_S / many}
    few = {"stories": STORIES, "each": min(IN_A_STORY, many // STORIES)}
    with store.database.write() as connection:
        connection.execute(sa.text(ITEMS), given)
        connection.execute(sa.text(COUNTS))
        connection.execute(sa.text(FINDINGS))
        connection.execute(sa.text(FIRES), {"until": until} | few)
        connection.execute(sa.text(HELD), few)
        talks = min(TALKS, many // 10)
        connection.execute(sa.text(TALKING), {"until": until, "talks": talks, "apart_s": WEEK_S / talks})
    with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
