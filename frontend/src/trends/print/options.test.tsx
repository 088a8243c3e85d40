// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { Trace } from "../lanes";
import { notDrawn, optionsOf } from "./options";
import { VectorChart } from "./VectorChart";

afterEach(cleanup);

const sensor = { id: "s1", tag: "TT-1", name: "Inlet", unit: "bar", kind: "continuous", range: [0.5, 80] };
const series = { method: "minmax", t: [0, 500], v: [1, 100], gaps: [], resolution_ms: 0, start: 0, end: 1000 };
const trace = (limits?: Trace["limits"]) => ({ sensor, slot: 1, series, limits }) as unknown as Trace;

function draw(named: Record<string, string>) {
  const options = optionsOf(named);
  const traces = [trace(options.limits.get(1))];
  const { container } = render(
    <VectorChart traces={traces} span={{ start: 0, end: 1000 }} zone="UTC" drawn={options} />,
  );
  return { text: container.textContent, path: container.querySelector("g path")!.getAttribute("d")! };
}

describe("options of a printed trend", () => {
  it("draw limits and the sensors' ranges, in the axis", () => {
    const { text } = draw({ limits: "1:20..120", ranges: "1" });
    expect(text).toContain("low limit 20");
    expect(text).toContain("high limit 120");
    expect(text).toContain("range to 80");
    expect(draw({}).text).not.toMatch(/limit|range/);
  });

  it("draw steps, and a logarithmic axis that says so", () => {
    expect(draw({}).path).toContain("L");
    expect(draw({ draw: "steps" }).path).toMatch(/^M[\d. ]+H[\d.]+V[\d.]+$/);
    const { text } = draw({ scale: "log" });
    expect(text).toContain("logarithmic");
    expect(text).toMatch(/1.*10.*100/);
  });

  it("name what is not drawn", () => {
    expect(notDrawn(optionsOf({ mode: "line", limits: "1:2..3", scale: "log", draw: "steps" }))).toEqual([]);
    expect(notDrawn(optionsOf({ plot: "histogram", lanes: "sensor", compare: "1d" }))).toEqual([
      "the histogram",
      "a lane for each sensor",
      "the comparison with the range 1\u202fd earlier",
    ]);
  });
});
