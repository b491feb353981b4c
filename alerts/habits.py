"""What the hour of the day is worth, for working days and for days off (weekends and holidays) apart."""

from dataclasses import dataclass, field

HOURS = 24


def _hours() -> list[list[float]]:
    return [[0.0] * HOURS, [0.0] * HOURS]


@dataclass(slots=True)
class Habits:
    """By kind of day and hour: the usual distance from the level of all hours, and the hours of data behind it."""

    offset: list[list[float]] = field(default_factory=_hours)
    seen_h: list[list[float]] = field(default_factory=_hours)

    def of(self, hour: int, is_off: bool, trust_h: float) -> float:
        """What this hour usually adds: shrunk towards nothing while fewer than some `trust_h` hours of it were seen."""
        seen = self.seen_h[is_off][hour]
        return self.offset[is_off][hour] * seen / (seen + trust_h)

    def learn(self, hour: int, is_off: bool, distance: float, *, observed_h: float, memory_h: float) -> None:
        """One more moment of this hour: the plain mean at first, later a mean that forgets after `memory_h` hours of its kind."""
        seen = self.seen_h[is_off][hour] + observed_h
        self.seen_h[is_off][hour] = min(seen, memory_h)
        self.offset[is_off][hour] += observed_h / min(seen, memory_h) * (distance - self.offset[is_off][hour])
