"""A share with its uncertainty. Pure."""

from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

Z: Final = 1.959963984540054
"""The normal quantile of a two-sided interval of 95 %."""
SMALL: Final = 30
"""Below this many labelled decisions nothing is ranked."""


@dataclass(frozen=True)
class Share:
    """k of n, with the Wilson score interval of 95 % (Wilson 1927); None where n is 0."""

    k: int
    n: int

    @property
    def value(self) -> float | None:
        return self.k / self.n if self.n else None

    @property
    def low(self) -> float | None:
        return self._bound(-1)

    @property
    def high(self) -> float | None:
        return self._bound(1)

    def _bound(self, sign: int) -> float | None:
        if not self.n:
            return None
        p, n, z = self.k / self.n, self.n, Z
        centre = p + z * z / (2 * n)
        spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return min(1.0, max(0.0, (centre + sign * spread) / (1 + z * z / n)))

    def kept(self) -> dict[str, Any]:
        return {"k": self.k, "n": self.n, "value": self.value, "low": self.low, "high": self.high}


def ratio(share: Share, base: Share) -> float | None:
    """Lift: a share against the base rate; None where either has no value."""
    if share.value is None or not base.value:
        return None
    return share.value / base.value
