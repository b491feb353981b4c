"""How sure a share is: the interval beside every percentage that rests on few cases."""

from math import sqrt

Z_95 = 1.959963984540054


def wilson(hits: int, tries: int, z: float = Z_95) -> tuple[float, float]:
    """The interval of a share of `hits` in `tries`, in [0, 1]; without any tries all is possible.

    Raises ValueError for counts that cannot be. Source: Wilson, "Probable inference, the law of succession, and statistical
    inference" (1927).
    """
    if not 0 <= hits <= tries:
        raise ValueError(f"between 0 and {tries} hits were expected, {hits} came")
    if tries == 0:
        return 0.0, 1.0
    share, weight = hits / tries, z * z / tries
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * sqrt(share * (1 - share) / tries + weight / (4 * tries))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if hits == 0 else low), (1.0 if hits == tries else high)
