"""The store: one face over the table families, on SQLite and PostgreSQL alike."""

from dataclasses import dataclass, fields

import sqlalchemy as sa

from storage.account_checks import AccountChecks
from storage.accounts import Accounts
from storage.adoption import PortalUse
from storage.assessing import Assessing
from storage.audience import Audience
from storage.audit import Audit
from storage.backtesting import Backtesting
from storage.canary import Canaries
from storage.cases import Cases
from storage.clicks import Clicks
from storage.consents import Consents
from storage.conversations import Conversations
from storage.crises import Crises
from storage.database import Database
from storage.deliveries import Deliveries
from storage.duties import Duties
from storage.easing import Easing
from storage.erasing import Erasing
from storage.figures import Figures
from storage.handover import HandOvers
from storage.hooks import Hooks
from storage.inbox import Inbox
from storage.incidents import Incidents
from storage.items import Items
from storage.kpis import KpiStore
from storage.lessons import Lessons
from storage.letters import Letters
from storage.manners import Manners
from storage.message_plan import Messages
from storage.migrating import migrate
from storage.oncall import OnCall
from storage.people import People
from storage.pictures import Pictures
from storage.policies import Policies
from storage.profiles import Profiles
from storage.readers import Readers
from storage.reading import ReadingStore
from storage.register import Register
from storage.replies import Replies
from storage.retention import RetentionStore
from storage.reviews import Reviews
from storage.rulings import RulingStore
from storage.schema import source_state
from storage.schema_daily import hook_call
from storage.schema_delivery import delivery, letter
from storage.schema_reply import reply
from storage.series import SeriesStore
from storage.signals import Signals
from storage.situation import Situations
from storage.sources import Sources
from storage.statements import Statements
from storage.stories import Stories
from storage.tokens import Tokens
from storage.training import Trainings
from storage.verdicts import Verdicts
from storage.views import Views
from storage.voices import Voices
from storage.walls import Walls


@dataclass(frozen=True)
class Store:
    """All that is kept. Each part's functions are named for the question that they answer."""

    database: Database
    sources: Sources
    items: Items
    reading: ReadingStore
    assessing: Assessing
    incidents: Incidents
    conversations: Conversations
    deliveries: Deliveries
    oncall: OnCall
    people: People
    figures: Figures
    letters: Letters
    canaries: Canaries
    tokens: Tokens
    accounts: Accounts
    audit: Audit
    erasing: Erasing
    retention: RetentionStore
    consents: Consents
    verdicts: Verdicts
    easing: Easing
    duties: Duties
    stories: Stories
    backtesting: Backtesting
    clicks: Clicks
    inbox: Inbox
    views: Views
    hooks: Hooks
    situations: Situations
    rulings: RulingStore
    manners: Manners
    statements: Statements
    replies: Replies
    handovers: HandOvers
    series: SeriesStore
    policies: Policies
    reviews: Reviews
    crises: Crises
    walls: Walls
    signals: Signals
    register: Register
    account_checks: AccountChecks
    readers: Readers
    cases: Cases
    audience: Audience
    lessons: Lessons
    trainings: Trainings
    messages: Messages
    profiles: Profiles
    kpis: KpiStore
    voices: Voices
    portal_use: PortalUse
    pictures: Pictures

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open a database and bring its schema up to date. Raises ConfigError (a wrong address), StoreError (not reachable)."""
        database = Database(url)
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database, *(part.type(database) for part in fields(cls)[1:]))  # type: ignore[operator]

    def ping(self) -> None:
        """Ask the database for nothing. Raises StoreError when it does not answer."""
        with self.database.read() as connection:
            connection.execute(sa.select(1))

    def take_over(self) -> bool:
        """When nobody else sweeps this database, free what a dead process still holds; its late results are fenced off anyway."""
        if not self.database.claim_sweeping():
            return False
        with self.database.write() as connection:
            connection.execute(sa.update(source_state).where(source_state.c.lease_until.is_not(None)).values(lease_until=None))
            for table in (delivery, letter, hook_call, reply):
                connection.execute(sa.update(table).where(table.c.lease_until.is_not(None)).values(lease_until=None))
        return True

    def problems(self) -> list[str]:
        """What is wrong with the database itself; nothing when it is whole."""
        if not self.database.is_sqlite:
            return []
        with self.database.read() as connection:
            said = [str(row[0]) for row in connection.execute(sa.text("PRAGMA quick_check"))]
            broken = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
        return [line for line in said if line != "ok"] + [f"a row of {row[0]} points to nothing in {row[2]}" for row in broken]

    def close(self) -> None:
        self.database.close()
