// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { Trace } from "../lanes";
import { VectorChart } from "./VectorChart";

afterEach(cleanup);

const trace = (id: string) =>
  ({
    sensor: { id, tag: id, name: id, unit: "bar", kind: "continuous" },
    slot: 1,
    series: { method: "minmax", t: [0, 1000], v: [1, 2], gaps: [], resolution_ms: 0, start: 0, end: 1000 },
  }) as unknown as Trace;

it("is cut by its own frame only, beside another chart of the same unit and range", () => {
  const span = { start: 0, end: 1000 };
  const { container } = render(
    <>
      <VectorChart traces={[trace("a")]} span={span} zone="UTC" size={{ width: 300, height: 200 }} />
      <VectorChart traces={[trace("b")]} span={span} zone="UTC" size={{ width: 900, height: 200 }} />
    </>,
  );
  const drawings = [...container.querySelectorAll("svg")];
  expect(drawings).toHaveLength(2);
  const ids = drawings.map((svg) => svg.querySelector("clipPath")!.id);
  expect(new Set(ids).size).toBe(2);
  drawings.forEach((svg, index) => {
    expect(svg.querySelector("g[clip-path]")!.getAttribute("clip-path")).toBe(`url(#${ids[index]})`);
  });
});
