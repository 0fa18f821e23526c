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
#: How much of a call's share of the second passes before the next one: what was late is made up for, but not at once.
_SPREAD = 0.5
#: The share that a refusal takes off the rate. Each further one that follows within so many seconds takes off twice as
#: much: a rate that is a little too high needs little, and one that is far off must not need many refusals.
_CUT, _LARGEST_CUT, _SOON = 0.02, 0.1, 4.0
#: Seconds without a refusal after which more is tried (twice as long after each further one, which costs a pause to
#: tell the same again), and by how much a call.
_QUIET, _LONGEST_QUIET, _PROBE = 30.0, 240.0, 0.005
_FIRST_PARALLEL = 8


class Rate:
    """How many calls a second, and when the next one may go out. Moments are seconds of one clock.

    The rate doubles every second until the platform refuses for the first time (status 429). The calls that it took in
    the second before that tell its limit; from then on no second has more. Refusals at that rate lower it, and after
    some quiet more is tried, the longer it is quiet the bolder. A refusal also stops all calls for the time the
    platform asks for.

    Attributes:
        calls: a second, at present.

    """

    def __init__(self) -> None:
        self.calls = FIRST_RATE
        self._is_limit_met = False
        self._is_proven = True
        self._quiet = _QUIET / 2
        self._cut = _CUT
        self._paused_until = self._refused_at = 0.0
        self._sent: deque[float] = deque(maxlen=int(HIGHEST_RATE))

    def next(self) -> float:
        """When the next call may go out: not more than the rate's in any second, and not all of them at once."""
        at_once = ceil(self.calls)
        moments = [self._paused_until]
        if self._sent:
            moments.append(self._sent[-1] + _SPREAD / self.calls)
        if len(self._sent) >= at_once:
            moments.append(self._sent[-at_once] + _LONGER * at_once / self.calls)
        return max(moments)

    def sent(self, now: float) -> None:
        """A call goes out."""
        self._sent.append(now)

    def accepted(self, now: float) -> None:
        """The platform answered a call."""
        self._is_proven = True
        quiet = now - self._refused_at
        if not self._is_limit_met:
            self.calls += 1
        elif quiet > self._quiet:
            self.calls += _PROBE * (quiet / self._quiet) ** 2
        self.calls = min(HIGHEST_RATE, self.calls)

    def refused(self, sent: float, now: float, pause: float) -> None:
        """The platform refuses the call that was sent then because it was asked too often, and asks for a pause."""
        self._paused_until = max(self._paused_until, now + pause)
        # Calls that were on their way already when the rate was cut tell nothing new, nor do refusals before the
        # platform took a single call at the new rate.
        if sent <= self._refused_at or not self._is_proven:
            return
        if self._is_limit_met:
            is_soon = now - self._refused_at < _SOON + pause
            self._cut = min(_LARGEST_CUT, 2 * self._cut) if is_soon else _CUT
            self.calls *= 1 - self._cut
        else:
            self.calls = min(self.calls, sum(sent - 1.0 < moment < sent for moment in self._sent))
        self.calls = max(LOWEST_RATE, self.calls)
        self._quiet = min(_LONGEST_QUIET, 2 * self._quiet)
        self._is_limit_met, self._is_proven, self._refused_at = True, False, now


@dataclass
class _Turn:
    """One call's place in the traffic; `began` tells which refusals belong to the same overload."""

    began: float = field(default_factory=time.monotonic)


class Pace:
    """Lets calls go one by one, at a rate and a parallelism that the platform bears.

    Refusals (429) say that it counts calls, and change the rate. Failures (5xx, timeouts, dropped connections) say that
    it is overloaded: they halve the calls under way at once.

    Args:
        most_parallel: calls under way at once, at most.

    """

    def __init__(self, most_parallel: int) -> None:
        self._most_parallel = most_parallel
        self._parallel = float(min(_FIRST_PARALLEL, most_parallel))
        self._rate = Rate()
        self._under_way = 0
        self._failed_at = 0.0
        self._changed = threading.Condition()

    @property
    def parallel(self) -> int:
        """Calls that may be under way at once at present."""
        return max(1, int(self._parallel))

    @contextmanager
    def turn(self, is_stopped: Callable[[], bool] = lambda: False) -> Iterator[_Turn]:
        """Waits until a call may go out. `is_stopped` ends the waiting early; the call's owner looks at it again."""
        with self._changed:
            while not is_stopped():
                wait = self._rate.next() - time.monotonic()
                if self._under_way >= self.parallel:
                    self._changed.wait(1.0)
                elif wait > 0:
                    self._changed.wait(wait)
                else:
                    break
            turn = _Turn()
            self._rate.sent(turn.began)
            self._under_way += 1
        try:
            yield turn
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def accepted(self) -> None:
        """The platform answered."""
        with self._changed:
            self._rate.accepted(time.monotonic())
            self._parallel = min(self._most_parallel, self._parallel + 0.1)

    def refused(self, turn: _Turn, seconds: float) -> None:
        """The platform refuses because it was asked too often, and wants to be left alone for so long."""
        with self._changed:
            self._rate.refused(turn.began, time.monotonic(), seconds)

    def failed(self, turn: _Turn) -> None:
        """The platform failed, or did not answer in time."""
        with self._changed:
            if turn.began > self._failed_at:
                self._parallel = max(1.0, self._parallel / 2)
                self._failed_at = time.monotonic()
