import { expect, test } from "vitest";
import { eventsOf, frameAt, nextEvent } from "./playback";
import { sparkOf } from "./spark";
import { stepOf, ticksOf, windowAt } from "./window";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test("the frame at a moment is the last one not after it", () => {
  const t = [10, 20, 30];
  expect([5, 10, 19, 20, 99].map((at) => frameAt(t, at))).toEqual([-1, 0, 0, 1, 2]);
});

test("events are changes of state and new drawings, not a value that appears", () => {
  const version = { version: 2, valid_from: 25, note: "", author: "", created: 0 };
  const run = {
    start: 0,
    end: 50,
    t: [10, 20, 30, 40],
    columns: { pump: [null, 1, 1, 0], flow: [1, 2, 3, 4] },
    stale: {},
    bad: {},
    version: null,
    versions: [version],
  };
  const events = eventsOf(run, ["pump", "gone"]);
  expect(events).toEqual([25, 40]);
  expect(nextEvent(events, 25, 1)).toBe(40);
  expect(nextEvent(events, 25, -1)).toBeUndefined();
});

test("the window ends now while live, and stays where it is while the moment moves inside it", () => {
  const now = 100 * DAY;
  expect(windowAt(null, now, 7 * DAY, null)).toEqual({ start: 93 * DAY, end: now });
  expect(windowAt(95 * DAY, now, 7 * DAY, null)).toEqual({ start: 93 * DAY, end: now });
  expect(windowAt(50 * DAY, now, 8 * DAY, null)).toEqual({ start: 44 * DAY, end: 52 * DAY });
  expect(windowAt(45 * DAY, now, 8 * DAY, 52 * DAY)).toEqual({ start: 44 * DAY, end: 52 * DAY });
  expect(windowAt(30 * DAY, now, 8 * DAY, 52 * DAY)).toEqual({ start: 24 * DAY, end: 32 * DAY });
});

test("ticks are round in plant time", () => {
  const ticks = ticksOf({ start: 0, end: 7 * DAY }, 4 * HOUR, 8);
  expect(ticks[0]).toBe(20 * HOUR);
  expect(ticks[1]! - ticks[0]!).toBe(DAY);
  expect(stepOf(8 * HOUR)).toBe(300_000);
});

test("a little trend never crosses a gap", () => {
  const area = { start: 0, end: 40, width: 40, height: 10 };
  const series = { t: [0, 10, 30, 40], v: [0, 1, 1, 0], gaps: [[10, 30]] as [number, number][] };
  expect(sparkOf(series, area)!.path).toBe("M0.0 10.0L10.0 0.0M30.0 0.0L40.0 10.0");
  expect(sparkOf({ t: [0, 10], v: [0, 1] }, area, true)!.path).toBe("M0.0 10.0H10.0V0.0");
  expect(sparkOf(series, area)!.area).toBe("M0.0 10L0.0 10.0L10.0 0.0V10ZM30.0 10L30.0 0.0L40.0 10.0V10Z");
  expect(sparkOf({ t: [], v: [] }, area)).toBeUndefined();
});
