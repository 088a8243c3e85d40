import { expect, test } from "vitest";
import { flowsOf } from "./flow";
import type { State } from "./state";
import type { Drawing, Medium, Pipe, Placement } from "./types";

const place = (id: string, symbol: string): Placement => ({ id, symbol, x: 0, y: 0 });
function pipe(id: string, from: string, to: string, medium: Medium = "water"): Pipe {
  const [source, target] = [from.split("."), to.split(".")];
  return {
    id,
    source: { placement: source[0]!, port: source[1] ?? "p" },
    target: { placement: target[0]!, port: target[1] ?? "p" },
    medium,
  };
}

/** tank > valve > split > two pumps in parallel > join > tank */
const loop: Drawing = {
  width: 1,
  height: 1,
  placements: [
    place("tank", "tank"),
    place("valve", "valve_control"),
    place("split", "junction"),
    place("p1", "pump"),
    place("p2", "pump"),
    place("join", "junction"),
  ],
  pipes: [
    pipe("suction", "tank.out_right", "valve.in"),
    pipe("common", "valve.out", "split"),
    pipe("in1", "split", "p1.in"),
    pipe("in2", "split", "p2.in"),
    pipe("out1", "p1.out", "join"),
    pipe("out2", "p2.out", "join"),
    pipe("back", "join", "tank.in_top"),
  ],
};

function flowing(drawing: Drawing, states: Record<string, State>) {
  const flows = flowsOf(drawing, (id) => states[id] ?? "none");
  const having = (wanted: string) => [...flows].filter(([, flow]) => flow === wanted).map(([id]) => id);
  return { flowing: having("flowing"), unknown: having("unknown"), still: having("still") };
}

test("water flows through the running pump and not in the other one's branch", () => {
  const found = flowing(loop, { p1: "running", p2: "stopped", valve: "between" });
  expect(found.flowing).toEqual(["suction", "common", "in1", "out1", "back"]);
  expect(found.still).toEqual(["in2", "out2"]);
});

test("a closed valve stops the whole loop, whatever runs", () => {
  expect(flowing(loop, { p1: "running", p2: "running", valve: "closed" }).flowing).toEqual([]);
});

test("a tripped pump causes no flow", () => {
  expect(flowing(loop, { p1: "fault", p2: "stopped" }).still).toHaveLength(7);
});

test("if a pump's state is unknown, so is the flow that depends on it alone", () => {
  const found = flowing(loop, { p1: "unknown", p2: "stopped" });
  expect(found.flowing).toEqual([]);
  expect(found.unknown).toEqual(["suction", "common", "in1", "out1", "back"]);
  expect(flowing(loop, { p1: "unknown", p2: "running" }).flowing).toContain("common");
});

test("a path from outside the drawing has flow while its first machine runs", () => {
  const drive: Drawing = {
    width: 1,
    height: 1,
    placements: [place("drive", "inverter"), place("motor", "motor"), place("pump", "pump")],
    pipes: [
      pipe("cable", "drive.out", "motor.power", "electricity"),
      pipe("shaft", "motor.shaft", "pump.shaft_top", "shaft"),
    ],
  };
  expect(flowing(drive, { drive: "running", motor: "running" }).flowing).toEqual(["cable", "shaft"]);
  expect(flowing(drive, { drive: "stopped", motor: "stopped" }).flowing).toEqual([]);
});

test("a line to another drawing has flow with its pump", () => {
  const line: Drawing = {
    width: 1,
    height: 1,
    placements: [place("tank", "tank"), place("pump", "pump"), place("meter", "instrument"), place("town", "off_page")],
    pipes: [
      pipe("a", "tank.out_right", "pump.in"),
      pipe("b", "pump.out", "meter.left"),
      pipe("c", "meter.right", "town.in"),
    ],
  };
  expect(flowing(line, { pump: "running" }).flowing).toEqual(["a", "b", "c"]);
  expect(flowing(line, { pump: "stopped" }).still).toEqual(["a", "b", "c"]);
});

test("the two circuits of a chiller do not mix", () => {
  const chiller: Drawing = {
    width: 1,
    height: 1,
    placements: [place("ch", "chiller"), place("cwp", "pump"), place("chp", "pump")],
    pipes: [
      pipe("cw1", "cwp.out", "ch.cw_in"),
      pipe("cw2", "ch.cw_out", "cwp.in"),
      pipe("chw1", "chp.out", "ch.chw_in"),
      pipe("chw2", "ch.chw_out", "chp.in"),
    ],
  };
  expect(flowing(chiller, { cwp: "running", chp: "stopped" }).flowing).toEqual(["cw1", "cw2"]);
});

test("a measuring line is not a pipe", () => {
  const tapped: Drawing = { ...loop, pipes: [...loop.pipes!, pipe("tap", "split", "join", "signal")] };
  expect(flowsOf(tapped, () => "running").has("tap")).toBe(false);
});
