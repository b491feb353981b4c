"""The crisis room's words: kinds, roles, stages, and each line of its log as a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.checklist import Checklist
from core.crisis import About, Entry, EntryKind, Part, Stage
from core.labels import part_name
from core.settings import Settings
from web.visitor import person_name
from web.wording import Speech, msg

STAGES: Mapping[Stage, str] = {
    Stage.DECLARED: msg("running"),
    Stage.STOOD_DOWN: msg("stood down, not reviewed yet"),
    Stage.REVIEWED: msg("reviewed"),
}
ABOUTS: Mapping[About, str] = {
    About.CLAUSE: msg("a clause of the policy"),
    About.RULE: msg("a rule"),
    About.CHECKLIST: msg("a checklist"),
    About.TRAINING: msg("a training"),
}
LINES: Mapping[EntryKind, str] = {
    EntryKind.DECLARED: msg("The crisis was declared"),
    EntryKind.ROLE: msg("{part}: {person}"),
    EntryKind.TICKED: msg("Done: {item}"),
    EntryKind.UNTICKED: msg("Not done after all: {item}"),
    EntryKind.NOTED: "{text}",
    EntryKind.STATUS: msg("Status: {text}"),
    EntryKind.DRAFTED: msg("Statement {statement} was drafted"),
    EntryKind.APPROVED: msg("Statement {statement} was approved"),
    EntryKind.PUBLISHED: msg("Statement {statement} went out"),
    EntryKind.DROPPED: msg("Statement {statement} was dropped"),
    EntryKind.STOOD_DOWN: msg("The crisis was stood down: {text}"),
    EntryKind.ACTION: msg("Action {action} was planned: {text}"),
    EntryKind.ACTION_DONE: msg("Action {action} is done"),
    EntryKind.REVIEWED: msg("The review was closed"),
}


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one crisis to one reader."""

    speech: Speech
    settings: Settings
    checklist: Checklist

    def part(self, part: Part) -> str:
        return part_name(part, self.speech.language)

    def stage(self, stage: Stage) -> str:
        return self.speech.say(STAGES[stage])

    def about(self, about: About) -> str:
        return self.speech.say(ABOUTS[about])

    def kind(self) -> str:
        return self.checklist.name.text(self.speech.language)

    def line(self, entry: Entry) -> str:
        """What happened, without who and when."""
        detail = entry.detail
        item = self.checklist.item(str(detail.get("item", "")))
        person = str(detail.get("person", ""))
        return self.speech.say(
            LINES[entry.kind],
            text=entry.text,
            part=self.part(Part(str(detail["part"]))) if "part" in detail else "",
            person=person_name(self.settings, person) if person else self.speech.say("nobody"),
            item=item.text(self.speech.language) if item is not None else detail.get("item", ""),
            statement=detail.get("statement", ""),
            action=detail.get("action", ""),
        )
