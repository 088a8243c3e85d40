"""Windows of GROUP BY time, as InfluxDB cuts them. Times are ns. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from ingest.sources.influxdb.query.errors import StatementError
from kernel.times import NS_PER_MS

NS_PER_S = 10**9
NS_PER_DAY = 86_400 * NS_PER_S
MAX_WINDOWS = 100_000
Times = npt.NDArray[np.int64]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62_135_596_800 + 86_400 * 2, 253_402_300_799 - 86_400 * 2  # seconds that datetime can hold


@dataclass(frozen=True, slots=True)
class Windows:
    """Of `width`, starting `offset` after its multiples, in the local time of a zone if it is not UTC."""

    width: int
    offset: int = 0
    zone: tzinfo | None = None

    def window(self, t: int) -> tuple[int, int]:
        """The start and end of the window that contains a time. The same steps as InfluxDB's."""
        t -= self.offset
        shift = self._shift(t)
        past = (t + shift) % self.width
        start, end = t - past + self.offset, t + self.width - past + self.offset
        return self._moved(start, shift), self._moved(end, shift)

    def bounds(self, start: int, stop: int) -> Times:
        """The starts of the windows that cover `start <= t < stop`, and the end of the last one."""
        first, _ = self.window(start)
        if (count := max(stop - first, 0) // self.width) > MAX_WINDOWS:
            raise too_many_windows(count)
        if self.zone is None:
            return first + self.width * np.arange(-(-max(stop - first, 1) // self.width) + 1, dtype=np.int64)
        found, at = [np.array([first], np.int64)], first
        while at < stop or len(found) < 2:
            found.append(self._following(at, stop))
            at = int(found[-1][-1])
        return np.concatenate(found)

    def _following(self, at: int, stop: int) -> Times:
        """The ends of the window that starts at `at` and of those after it, up to a day's in which no clock changes."""
        count = min(-(-(stop - at) // self.width), NS_PER_DAY // self.width)
        shift = self._shift(at - self.offset)
        regular = (at - self.offset + shift) % self.width == 0
        if count > 1 and regular and shift == self._shift(at) == self._shift(at + count * self.width):
            return at + self.width * np.arange(1, count + 1, dtype=np.int64)
        _, end = self.window(at)
        return np.array([end if end > at else at + self.width], np.int64)

    @property
    def grain_ms(self) -> int | None:
        """Every window starts at a multiple of so many ms; None: not even of one. In zones known by `grain_of`."""
        if self.width % NS_PER_MS or self.offset % NS_PER_MS:
            return None
        return int(np.gcd(self.width // NS_PER_MS, self.offset // NS_PER_MS))

    def _shift(self, t: int) -> int:
        return 0 if self.zone is None else _offset_at(self.zone, t // NS_PER_S)

    def _moved(self, t: int, shift: int) -> int:
        change = shift - self._shift(t)
        return t + change if change and abs(change) < self.width else t


def grain_of(bounds: Times) -> int | None:
    """The largest number of ms of which all these are multiples; None if they are no whole ms."""
    grain = int(np.gcd.reduce(bounds))
    return None if grain % NS_PER_MS else grain // NS_PER_MS


def too_many_windows(count: int) -> StatementError:
    return StatementError(
        f"GROUP BY time() makes {count:,} buckets of this range, which are too many. Use a longer interval, a shorter "
        "range of time, fewer series, or fill(none)."
    )


@lru_cache(maxsize=100)
def zone_of(name: str) -> tzinfo | None:
    """None for UTC."""
    if name.upper() in ("", "UTC"):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise StatementError(f"unable to find time zone {name[:60]}; use one such as tz('Europe/Berlin')") from None


@lru_cache(maxsize=20_000)
def _offset_at(zone: tzinfo, second: int) -> int:
    moment = _EPOCH + timedelta(seconds=min(max(second, _FIRST), _LAST))
    offset = moment.astimezone(zone).utcoffset()
    return int((offset or timedelta()).total_seconds()) * NS_PER_S
