// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { act, cleanup, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeWrapper, serve } from "../../api/testServer";
import type { Chosen } from "../state";
import TrendSection from "./TrendSection";
import TrendTile from "./TrendTile";

const NOW = 1_800_000_000_000;
const WHY = "{TT-1} (s1) has been deleted; change the expression.";
const sensor = (id: string, tag: string) => ({ id, site: "p1", tag, name: tag, unit: "K", kind: "continuous" });
const measured = { sensor: sensor("s2", "TT-2"), slot: 1 } as Chosen;
const broken = { sensor: sensor("f1", "Heat"), slot: 2 } as Chosen;
const SPAN = { start: NOW - 1000, end: NOW };

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  history.replaceState(null, "", "/t/plant/dashboards/h1");
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function show(part: ReactNode) {
  serve(({ call, body }) => {
    if (call !== "POST /api/v1/samples/query") return { body: { results: [], next: null } };
    const about = {
      method: "minmax",
      gaps: [],
      rung: "raw",
      complete: true,
      resolution_ms: 0,
      bad: 0,
      start: 0,
      end: NOW,
    };
    const stats = { count: 0, min: null, mean: null, max: null };
    const results = (body as { sensors: string[] }).sensors.map((id) =>
      id === "f1"
        ? { ...about, sensor: id, t: [], v: [], samples: 0, stats, reason: WHY }
        : { ...about, sensor: id, t: [NOW - 500], v: [1], samples: 1, stats },
    );
    return { body: { results } };
  });
  const Data = makeWrapper();
  const { container } = render(
    <Data>
      <MantineProvider>{part}</MantineProvider>
    </Data>,
  );
  await act(() => vi.advanceTimersByTimeAsync(2000));
  return container.textContent;
}

it("a tile names what it does not draw, and why a calculated series is empty", async () => {
  const options = { plot: "xy", compare: "1d" };
  const text = await show(<TrendTile chosen={[measured, broken]} range={{ range: "1h" }} options={options} />);
  expect(text).toContain("Not drawn here: the XY plot, the comparison with the range 1\u202fd earlier.");
  expect(text).toContain(`Heat cannot be computed: ${WHY}`);
});

it("a tile that draws everything says nothing more", async () => {
  const text = await show(<TrendTile chosen={[measured]} range={{ range: "1h" }} options={{ scale: "log" }} />);
  expect(text).not.toMatch(/Not drawn|cannot be computed|No samples/);
});

it("a tile of series that cannot be computed does not say that there are no samples", async () => {
  const text = await show(<TrendTile chosen={[broken]} range={{ range: "1h" }} />);
  expect(text).toContain(WHY);
  expect(text).not.toContain("No samples");
});

it("a report says why a calculated series is empty", async () => {
  const text = await show(<TrendSection chosen={[measured, broken]} span={SPAN} mode="auto" />);
  expect(text).toContain(`Heat cannot be computed: ${WHY}`);
});
