"""Every rule lies beside its own cases: texts on which its label must fire, and texts on which it must stay quiet.

A case is `{pl|en: text}` with, where they matter, `why`, `voice`, `scope`, `parent_text`, `author`, `followers`, and `negative` or
`positive` (what the sentiment model would say). Cases run over one fictional dairy, without a model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from classifiers.rules.context import BrandTerms, RuleContext
from classifiers.rules.engine import RuleEngine
from classifiers.rules.pack import Packs, Rule, read_yaml
from classifiers.taxonomy import LABELS
from core.errors import ConfigError
from core.types import Feeling, Finding, Reading, Scope, Severity, Voice

CASE_CONTEXT = RuleContext(
    brands=(
        BrandTerms(
            id="polna",
            name="Mleczarnia Polna",
            terms=("Mleczarnia Polna", "#polna", "@polna"),
            code_names=("Projekt Bursztyn",),
            competitors=("Mleczarnia Górna",),
            forbidden_hashtags=("zdrowiejakpolna", "leczymleko"),
            forbidden_tags=("serwis_chlodni",),
            domains=("polna.example",),
            industries=("finance", "healthcare", "technology", "retail"),
            accounts=("Mleczarnia Polna", "polna"),
        ),
    )
)


class Case(BaseModel):
    """One text and what surrounds it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pl: str | None = None
    en: str | None = None
    why: str = ""
    voice: Voice | None = None
    scope: Scope | None = None
    parent_text: str = ""
    author: str = ""
    followers: int | None = None
    negative: float = 0.0
    positive: float = 0.0
    severity: Severity | None = None

    @model_validator(mode="after")
    def _one_language(self) -> "Case":
        if (self.pl is None) == (self.en is None):
            raise ValueError("give the text once, as pl or as en")
        return self

    @property
    def lang(self) -> Literal["pl", "en"]:
        return "en" if self.pl is None else "pl"

    @property
    def text(self) -> str:
        return self.pl if self.pl is not None else self.en or ""

    @property
    def feeling(self) -> Feeling | None:
        if not (self.negative or self.positive):
            return None
        rest = 1.0 - self.negative - self.positive
        label = "negative" if self.negative > self.positive else "positive"
        return Feeling(label=label, negative=self.negative, neutral=rest, positive=self.positive)


class CaseFile(BaseModel):
    """What must fire and what must stay quiet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fires: tuple[Case, ...]
    quiet: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """One case that went wrong."""

    rule: str
    kind: Literal["fires", "quiet"]
    text: str
    found: tuple[str, ...]

    def __str__(self) -> str:
        expected = "should fire" if self.kind == "fires" else "should stay quiet"
        return f"{self.rule}: {expected}, found {', '.join(self.found) or 'nothing'}: {self.text}"


def case_path(rule_file: Path) -> Path:
    return rule_file.with_suffix("").with_name(rule_file.stem + ".cases.yaml")


def read_cases(rule_file: Path) -> CaseFile:
    """The cases beside a rule. Raises ConfigError that names the file and the key."""
    path = case_path(rule_file)
    try:
        return CaseFile.model_validate(read_yaml(path))
    except ValidationError as error:
        lines = [f"{path.name}: {'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()]
        raise ConfigError("\n".join(lines)) from None


def reading_of(rule: Rule, case: Case) -> Reading:
    """A case as the engine reads it; by default in a voice and scope in which the rule may fire."""
    voices = rule.voices or LABELS[rule.label].voices
    voice = case.voice or (Voice.PUBLIC if Voice.PUBLIC in voices else Voice.OURS)
    usual = Scope.MENTION if voice is Voice.PUBLIC else Scope.OFFICIAL
    return Reading(
        text=case.text,
        author=case.author,
        scope=case.scope or (usual if usual in rule.scopes else rule.scopes[0]),
        voice=voice,
        parent_text=case.parent_text,
        followers=case.followers,
    )


def findings_of(engine: RuleEngine, rule: Rule, case: Case) -> tuple[Finding, ...]:
    return engine.read(reading_of(rule, case), case.lang, case.feeling)


def check_rule(engine: RuleEngine, rule: Rule, cases: CaseFile) -> Iterator[CaseFailure]:
    """The cases of one rule that go wrong."""
    for case in cases.fires:
        found = findings_of(engine, rule, case)
        fits = any(f.label == rule.label and case.severity in (None, f.severity) for f in found)
        if not fits:
            yield CaseFailure(rule.id, "fires", case.text, tuple(f"{f.label} {f.severity}" for f in found))
    for case in cases.quiet:
        found = findings_of(engine, rule, case)
        if any(f.label == rule.label for f in found):
            yield CaseFailure(rule.id, "quiet", case.text, tuple(f"{f.label} {f.detector} {case.text[f.start : f.end]!r}" for f in found))


def run_cases(packs: Packs, engine: RuleEngine) -> list[CaseFailure]:
    """All cases of all rules that are not drafts."""
    return [failure for rule in engine.rules for failure in check_rule(engine, rule, read_cases(packs.files[rule.id]))]
