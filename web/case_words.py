"""How a case is told to a reader: its stages, its steps, what may follow, what was changed behind its back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.cases import Case, CaseEntry, CaseEntryKind, CaseFound, CaseStage, Consequence
from governance.cases import Broken, FileFault
from web.wording import Speech, msg

STAGES: Mapping[CaseStage, str] = {
    CaseStage.OPENED: msg("opened, not heard yet"),
    CaseStage.HEARD: msg("heard, not decided yet"),
    CaseStage.DECIDED: msg("decided"),
    CaseStage.APPEALED: msg("appealed, not decided again yet"),
    CaseStage.CLOSED: msg("closed"),
}
ENTRIES: Mapping[CaseEntryKind, str] = {
    CaseEntryKind.OPENED: msg("opened the case"),
    CaseEntryKind.NAMED: msg("said whom it concerns"),
    CaseEntryKind.FROZEN: msg("froze further evidence"),
    CaseEntryKind.EMPTIED: msg("evidence had to go"),
    CaseEntryKind.ASSIGNED: msg("gave the decision to somebody"),
    CaseEntryKind.HEARD: msg("wrote down the hearing"),
    CaseEntryKind.DECIDED: msg("decided"),
    CaseEntryKind.APPEALED: msg("took in the appeal"),
    CaseEntryKind.CLOSED: msg("closed the case"),
    CaseEntryKind.GLASS: msg("looked in without the right"),
}
FOUND: Mapping[CaseFound, str] = {CaseFound.BREACH: msg("the clause was breached"), CaseFound.NO_BREACH: msg("the clause was not breached")}
CONSEQUENCES: Mapping[Consequence, str] = {
    Consequence.NONE: msg("nothing follows"),
    Consequence.TALK: msg("a talk"),
    Consequence.TRAINING: msg("a training"),
    Consequence.CORRECTION: msg("the post is corrected or removed"),
    Consequence.WARNING: msg("a written warning"),
    Consequence.ACCESS: msg("access to accounts is taken away"),
    Consequence.EMPLOYMENT: msg("measures of labour law"),
}
GONE: Mapping[str, str] = {
    "deleted": msg("its author deleted the post"),
    "erased": msg("its author was erased"),
    "kept": msg("it was kept as long as it may be"),
}
BROKEN: Mapping[Broken, str] = {
    Broken.EVIDENCE_CHANGED: msg("Evidence {which} is not what was frozen."),
    Broken.EVIDENCE_GONE: msg("Evidence is missing ({which})."),
    Broken.EVIDENCE_EMPTIED: msg("Evidence {which} was emptied by nobody that the history knows."),
    Broken.ENTRY_CHANGED: msg("Line {which} of the history is not what was written."),
    Broken.ENTRIES_MISSING: msg("The history and the audit do not agree ({which})."),
    Broken.DECISION_CHANGED: msg("The decision is not the one that the history tells."),
}


@dataclass(frozen=True, slots=True)
class CaseTeller:
    """Tells a case in one reader's language."""

    speech: Speech

    def by(self, at: datetime) -> str:
        """The last minute of a time that ends at midnight."""
        return self.speech.clock(at - timedelta(minutes=1))

    def stage(self, case: Case) -> str:
        return self.speech.say(STAGES[case.stage])

    def step(self, entry: CaseEntry) -> str:
        return self.speech.say(ENTRIES[entry.kind])

    def found(self, found: CaseFound) -> str:
        return self.speech.say(FOUND[found])

    def consequence(self, one: Consequence) -> str:
        return self.speech.say(CONSEQUENCES[one])

    def gone(self, because: str) -> str:
        return self.speech.say(GONE.get(because, GONE["kept"]))

    def broken(self, fault: FileFault) -> str:
        return self.speech.say(BROKEN[fault.what], which=fault.which)

    def outcome(self, entry: CaseEntry) -> str:
        """What a line of a decision says, '' for other lines."""
        if entry.kind is not CaseEntryKind.DECIDED:
            return ""
        return f"{self.found(CaseFound(str(entry.detail['found'])))}, {self.consequence(Consequence(str(entry.detail['consequence'])))}"
