"""How far the staff are with what they must read, complete and hear: one line for each thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Asked(StrEnum):
    """What kind of thing."""

    POLICY = "policy"
    TRAINING = "training"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of how many people how many are done, and how many are late. `names` by language; of the policy it is the version's number."""

    what: Asked
    names: Mapping[str, str]
    people: int
    done: int
    late: int

    def name(self, language: str) -> str:
        return self.names.get(language) or next(iter(self.names.values()), "")
