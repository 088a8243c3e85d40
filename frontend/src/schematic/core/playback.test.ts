import { expect, test } from "vitest";
import { decodePlayback, eventsOf, frameAt, frameBeside, nextEvent } from "./playback";
import { sparkOf } from "../../series/spark";
import { valuesAt } from "./playbackCache";
import { stepOf, windowAt } from "./window";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test("the frame at a moment is the last one not after it", () => {
  const t = [10, 20, 30];
  expect([5, 10, 19, 20, 99].map((at) => frameAt(t, at))).toEqual([-1, 0, 0, 1, 2]);
});

/** The format that platform/twin/binary.py describes, byte by byte. */
function bytesOf(head: object, t: number[], columns: number[][]): ArrayBuffer {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new ArrayBuffer(8 + length + t.length * 8 + columns.flat().length * 4);
  const view = new DataView(bytes);
  new Uint8Array(bytes).fill(32, 8, 8 + length);
  new Uint8Array(bytes).set(new TextEncoder().encode("PTP1"));
  new Uint8Array(bytes).set(json, 8);
  view.setUint32(4, length, true);
  t.forEach((each, index) => view.setFloat64(8 + length + index * 8, each, true));
  columns.flat().forEach((each, index) => view.setFloat32(8 + length + t.length * 8 + index * 4, each, true));
  return bytes;
}

test("a binary playback is parsed: numbers, states by their texts, and unknown values", () => {
  const version = { version: 1, valid_from: 0, note: "Tür", author: "a", created: 0 };
  const head = {
    ...{ start: 10, end: 30, rung: "2d", complete: false, version, versions: [] },
    ...{ stale: { flow: [[2, 3]] }, bad: { mode: [[1, 2]] }, changed: { mode: [[1, 2]] } },
    ...{ frames: 3, sensors: ["flow", "mode"], texts: { mode: ["Auto", "Hand"] } },
  };
  const data = decodePlayback(
    bytesOf(
      head,
      [10, 20, 1_773_481_320_123],
      [
        [NaN, 1.5, 2.5],
        [1, 0, NaN],
      ],
    ),
  );
  expect([...data.t]).toEqual([10, 20, 1_773_481_320_123]);
  expect(data).toMatchObject({ rung: "2d", complete: false, version, start: 10 });
  expect(data.columns.get("flow")!.v).toBeInstanceOf(Float32Array);
  const at = (moment: number) => Object.fromEntries(valuesAt(data, moment));
  expect(at(10)).toMatchObject({ flow: { v: null, reason: "no data" }, mode: { v: "Hand", reason: null } });
  expect(at(25)).toMatchObject({
    flow: { v: 1.5, stale: false },
    mode: { v: "Auto", q: 2, reason: "bad quality", changed: true },
  });
  expect(at(25).flow!.changed).toBeUndefined();
  expect(at(1_773_481_320_123)).toMatchObject({ flow: { v: 2.5, reason: "too old" }, mode: { v: null } });
  expect(() => decodePlayback(new TextEncoder().encode('{"t":[1]}').buffer)).toThrow("no playback");
});

test("events are changes of state and new drawings, not a value that appears", () => {
  const version = { version: 2, valid_from: 25, note: "", author: "", created: 0 };
  const run = {
    t: Float64Array.of(10, 20, 30, 40),
    columns: new Map([
      ["pump", { v: Float32Array.of(NaN, 1, 1, 0) }],
      ["flow", { v: Float32Array.of(1, 2, 3, 4) }],
    ]),
    changed: { pump: [[2, 3]] as [number, number][] }, // a change between frames that no frame shows
  };
  const events = eventsOf(run, [version], ["pump", "gone"]);
  expect(events).toEqual([25, 30, 40]);
  expect(eventsOf(undefined, [version], ["pump"])).toEqual([25]);
  expect(nextEvent(events, 25, 1)).toBe(30);
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

test("a step is a round hundredth of the span", () => {
  const spans = [8 * HOUR, 7 * DAY, 3 * 365 * DAY, 10 * 365 * DAY];
  expect(spans.map(stepOf)).toEqual([300_000, HOUR, 7 * DAY, 30 * DAY]);
});

test("a sparkline never crosses a gap", () => {
  const area = { start: 0, end: 40, width: 40, height: 10 };
  const series = { t: [0, 10, 30, 40], v: [0, 1, 1, 0], gaps: [[10, 30]] as [number, number][] };
  expect(sparkOf(series, area)!.path).toBe("M0.0 10.0L10.0 0.0M30.0 0.0L40.0 10.0");
  expect(sparkOf({ t: [0, 10], v: [0, 1] }, area, true)!.path).toBe("M0.0 10.0H10.0V0.0");
  expect(sparkOf(series, area)!.area).toBe("M0.0 10L0.0 10.0L10.0 0.0V10ZM30.0 10L30.0 0.0L40.0 10.0V10Z");
  expect(sparkOf({ t: [], v: [] }, area)).toBeUndefined();
});

test("the frame beside a moment is another one than its own", () => {
  const t = [0, 10, 20];
  expect([frameBeside(t, 10, 1), frameBeside(t, 10, -1), frameBeside(t, 11, -1), frameBeside(t, 11, 1)]).toEqual([
    20, 0, 10, 20,
  ]);
  expect([frameBeside(t, 20, 1), frameBeside(t, 0, -1)]).toEqual([undefined, undefined]);
});
