"""How fast the platform may be asked: it publishes no limits, so they are found out while asking."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil

#: Calls a second to begin with, the most that is ever tried, and the fewest: more refusals than come at that pace have
#: another reason.
FIRST_RATE = 5.0
HIGHEST_RATE = 200.0
LOWEST_RATE = 0.5
#: A platform that counts the calls of a second counts them as they arrive, not as they leave: seconds are taken as
#: longer by this.
_LONGER = 1.02
#: How much of a call's share of the second passes before the next one: late calls are made up for, but not in a burst
#: that would find more of them in some second than there are on average. While the limit is looked for, they rush.
_SPREAD, _RUSH = 0.9, 0.5
#: What a refusal lowers the rate to: soon after another one, and else.
_SOON, _CUT_SOON, _CUT = 2.0, 0.9, 0.98
#: Seconds without a refusal after which more is tried (sooner after the first one, which tells the limit only
#: roughly; twice as long after each further one, which costs a pause to tell the same again), and by how much a call.
_FIRST_QUIET, _QUIET, _LONGEST_QUIET, _PROBE = 10.0, 30.0, 240.0, 0.005
_FIRST_PARALLEL = 8


@dataclass
class _Turn:
    """One call's place in the traffic; `began` tells which refusals belong to the same overload."""

    began: float = field(default_factory=time.monotonic)


class Pace:
    """Lets calls go one by one, at a rate and a parallelism that the platform bears.

    The rate doubles every second until the platform refuses for the first time (status 429). The number of calls it
    accepted in the second before tells its limit; from then on no second has more calls. Refusals at that rate lower
    it, and after some quiet more is tried, the longer it is quiet the bolder. A refusal also stops all
    calls for the time the platform asks for. Failures (5xx, timeouts, dropped connections) say that it is overloaded
    rather than that it counts calls: they halve the calls under way at once.

    Args:
        most_parallel: calls under way at once, at most.

    """

    def __init__(self, most_parallel: int) -> None:
        self._most_parallel = most_parallel
        self._parallel = float(min(_FIRST_PARALLEL, most_parallel))
        self._rate = FIRST_RATE
        self._is_limit_met = False
        self._quiet = _FIRST_QUIET
        self._is_proven = True
        self._under_way = 0
        self._paused_until = self._refused_at = self._failed_at = 0.0
        self._sent: deque[float] = deque(maxlen=int(HIGHEST_RATE))
        self._accepted: deque[float] = deque(maxlen=int(HIGHEST_RATE))
        self._changed = threading.Condition()

    @property
    def rate(self) -> float:
        """Calls a second that are tried at present."""
        return self._rate

    @property
    def parallel(self) -> int:
        """Calls that may be under way at once at present."""
        return max(1, int(self._parallel))

    @contextmanager
    def turn(self, is_stopped: Callable[[], bool] = lambda: False) -> Iterator[_Turn]:
        """Waits until a call may go out. `is_stopped` ends the waiting early; the call's owner looks at it again."""
        with self._changed:
            while not is_stopped():
                wait = self._next() - time.monotonic()
                if self._under_way >= self.parallel:
                    self._changed.wait(1.0)
                elif wait > 0:
                    self._changed.wait(wait)
                else:
                    break
            now = time.monotonic()
            self._sent.append(now)
            self._under_way += 1
        try:
            yield _Turn(now)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def _next(self) -> float:
        """When the next call may go out: not more than the rate's in any second, and not all of them at once."""
        at_once = ceil(self._rate)
        moments = [self._paused_until]
        if self._sent:
            moments.append(self._sent[-1] + (_SPREAD if self._is_limit_met else _RUSH) / self._rate)
        if len(self._sent) >= at_once:
            moments.append(self._sent[-at_once] + _LONGER * at_once / self._rate)
        return max(moments)

    def accepted(self) -> None:
        """The platform answered."""
        with self._changed:
            now = time.monotonic()
            self._is_proven = True
            self._accepted.append(now)
            self._parallel = min(self._most_parallel, self._parallel + 0.1)
            quiet = now - self._refused_at
            if not self._is_limit_met:
                self._rate += 1
            elif quiet > self._quiet:
                self._rate += _PROBE * (quiet / self._quiet) ** 2
            self._rate = min(HIGHEST_RATE, self._rate)

    def refused(self, turn: _Turn, seconds: float) -> None:
        """The platform refuses because it was asked too often, and wants to be left alone for so long."""
        with self._changed:
            now = time.monotonic()
            self._paused_until = max(self._paused_until, now + seconds)
            # Calls that were on their way already when the rate was cut tell nothing new, nor do refusals before the
            # platform took a single call at the new rate.
            if turn.began > self._refused_at and self._is_proven:
                if self._is_limit_met:
                    self._quiet = min(_LONGEST_QUIET, max(_QUIET, 2 * self._quiet))
                    self._rate *= _CUT_SOON if now - self._refused_at < _SOON + seconds else _CUT
                else:
                    self._rate = min(self._rate, sum(moment > now - 1.0 for moment in self._accepted))
                self._rate = max(LOWEST_RATE, self._rate)
                self._is_limit_met, self._is_proven, self._refused_at = True, False, now

    def failed(self, turn: _Turn) -> None:
        """The platform failed, or did not answer in time."""
        with self._changed:
            if turn.began > self._failed_at:
                self._parallel = max(1.0, self._parallel / 2)
                self._failed_at = time.monotonic()
