// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { act, cleanup, fireEvent, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeWrapper, serve } from "../../api/testServer";
import { setMoment } from "../../moment";
import { FiguresTile } from "./FiguresTile";
import { SchematicTile } from "./SchematicTile";
import { ValuesTile } from "./ValuesTile";

const AT = 1_800_000_000_000;
const list = (results: unknown[]) => ({ body: { results, next: null } });
const sensor = { id: "s1", site: "p1", tag: "TT-1", name: "Inlet", unit: "°C", kind: "continuous", tolerance: 0 };
const stats = { min: 1, mean: 2, max: 3, count: 70 };
let schematic: number;

beforeEach(() => {
  vi.useFakeTimers({ now: AT + 1000 });
  history.replaceState(null, "", `/t/plant/dashboards/h1?at=${AT}`);
  schematic = 200;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function show(tile: ReactNode) {
  const server = serve(({ call, body, query }) => {
    if (call === "GET /api/v1/sites") return list([{ id: "p1", slug: "works", timezone: "UTC" }]);
    if (call === "GET /api/v1/sensors") return list([sensor]);
    if (/^GET \/api\/v1\/(areas|assets|connections|calculated)$/.test(call)) return list([]);
    if (call === "POST /api/v1/samples/query") {
      const { sensors } = body as { sensors: string[] };
      if (sensors.includes("s9")) return undefined;
      return { body: { results: sensors.map((id) => ({ sensor: id, stats })) } };
    }
    if (call === "GET /api/v1/values") {
      if (query.sensors!.includes("s9")) return undefined;
      return { body: { at: AT, live: false, catalog: "a:1", values: [{ sensor: "s1", t: AT, v: 7, age: 0 }] } };
    }
    if (call === "GET /api/v1/schematics/c1") return { status: schematic, body: { title: "Broken" } };
    return undefined;
  });
  const Data = makeWrapper();
  const { container } = render(
    <Data>
      <MantineProvider>{tile}</MantineProvider>
    </Data>,
  );
  return { server, text: () => container.textContent, container };
}

it("figures and values leave out a sensor that was deleted, and have all others", async () => {
  const figures = show(<FiguresTile sensors={["s1", "s9"]} range="8h" />);
  await later(2000);
  expect(figures.text()).toContain("s9 (gone)");
  expect(figures.text()).toContain("70");
  cleanup();
  const values = show(<ValuesTile sensors={["s9", "s1"]} />);
  await later(2000);
  expect(values.text()).toContain("gone");
  expect(values.text()).toContain("7");
  expect(values.server.of("GET /api/v1/values").map(({ query }) => query.sensors)).toEqual(["s1"]);
});

it("figures of another moment are not shown as this one's", async () => {
  const { container } = show(<FiguresTile sensors={["s1"]} range="8h" />);
  await later(2000);
  expect(container.querySelector("[data-old]")).toBeNull();
  act(() => setMoment(AT - 86_400_000));
  expect(container.querySelector("[data-old]")).not.toBeNull();
  await later(2000);
  expect(container.querySelector("[data-old]")).toBeNull();
});

it("a schematic is gone only if the server says so; otherwise it is read again", async () => {
  schematic = 500;
  const { text, server, container } = show(<SchematicTile id="c1" />);
  await later(1000);
  expect(text()).not.toContain("gone");
  fireEvent.click(container.querySelector("button")!);
  await later(1000);
  expect(server.of("GET /api/v1/schematics/c1")).toHaveLength(2);
  schematic = 404;
  await later(31_000);
  expect(text()).toContain("The schematic no longer exists");
  const asked = server.requests.length;
  await later(120_000);
  expect(server.requests).toHaveLength(asked);
});
