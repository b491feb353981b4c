"""How high the peaks of a usual day are, and from that the line above which a moment stands out.

A day of data leaves one number a window: the highest that the window came. The line is a rank among the last eight weeks of them, so it
needs no assumption about the shape of a tail, and the same words hold for a brand with two mentions a day and one with two a second:
"higher than on all but three days of the last eight weeks". What one crisis leaves behind is one number among many.

Source: ranks of block maxima, as in conformal anomaly detection (Laxhammar and Falkman, 2014) and peaks over blocks (Gumbel, 1958).
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Peaks:
    """The highest of each of the last days, oldest first. `so_far` is today's; `line` holds until the day is over."""

    line: float
    so_far: float = 0.0
    days: list[float] = field(default_factory=list)

    def see(self, height: float) -> None:
        """Remember it if it is today's highest."""
        self.so_far = max(self.so_far, height)

    def end_day(self, *, every_days: float, kept_days: int, prior: float, prior_days: int) -> None:
        """Put today among the last days and draw the line anew: where about one day in `every_days` would reach it. Until `prior_days`
        are there, days with a peak of `prior` stand in for those that are missing."""
        self.days = [*self.days, self.so_far][-kept_days:]
        self.so_far = 0.0
        missing = max(0, prior_days - len(self.days))
        self.line = at_rank(sorted([*self.days, *[prior] * missing], reverse=True), every_days)


def at_rank(falling: list[float], every_days: float) -> float:
    """The height that one day in `every_days` reaches, between two ranks by their distance; the highest while there are too few days."""
    place = (len(falling) + 1) / every_days - 1
    if place <= 0:
        return falling[0]
    low = min(int(place), len(falling) - 1)
    high = min(low + 1, len(falling) - 1)
    return falling[low] + (place - low) * (falling[high] - falling[low])
