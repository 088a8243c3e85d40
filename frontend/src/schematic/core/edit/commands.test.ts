import { expect, it } from "vitest";
import { routePipe } from "../route";
import { align, distribute, flip, move, resize, rotate } from "./arrange";
import { apply } from "./change";
import { copy, parseClip, paste } from "./clipboard";
import { bestLink, connect, connectIntoPipe, insertIntoPipe, linkBetween, moveRun, reverse } from "./connect";
import { loop, placementIn } from "./fixtures";
import { countedIds } from "./ids";
import { bind, fitPage, group, label, newPlacement, place, remove, setAsset, setLayer, setThreshold } from "./parts";
import { placementsOf } from "./routing";

const ids = () => countedIds();

it("a moved symbol takes the values that describe it along", () => {
  const moved = apply(loop(), move(loop(), new Set(["p1"]), { x: 10, y: -20 }));
  expect(placementIn(moved, "p1")).toMatchObject({ x: 110, y: 80 });
  expect(moved.tags![0]).toMatchObject({ x: 120, y: 40 });
});

it("parts that a command does not touch stay the same objects", () => {
  const before = loop();
  const after = apply(before, move(before, new Set(["p1"]), { x: 10, y: 0 }));
  expect(placementIn(after, "t1")).toBe(placementIn(before, "t1"));
  expect(after.texts).toBe(before.texts);
});

it("turning four times gives the same drawing, and so does mirroring twice", () => {
  let drawing = loop();
  for (let i = 0; i < 4; i += 1) drawing = apply(drawing, rotate(drawing, new Set(["v1"])));
  expect(placementIn(drawing, "v1")).toEqual(placementIn(loop(), "v1"));
  for (let i = 0; i < 2; i += 1) drawing = apply(drawing, flip(drawing, new Set(["v1"])));
  expect(placementIn(drawing, "v1")).toEqual(placementIn(loop(), "v1"));
});

it("only symbols of variable size are resized", () => {
  const box = { x: 0, y: 0, width: 300, height: 200 };
  expect(resize(loop(), "p1", box)).toEqual([]);
  expect(placementIn(apply(loop(), resize(loop(), "t1", box)), "t1")).toMatchObject(box);
});

it("two ports are connected from the outlet to the inlet, whichever was named first", () => {
  const [inlet, outlet] = [
    { placement: "p1", port: "in" },
    { placement: "t1", port: "out_bottom" },
  ];
  const change = connect(loop(), inlet, outlet, ids());
  expect(apply(loop(), change).pipes!.at(-1)).toMatchObject({ source: outlet, target: inlet, medium: "water" });
});

it("ports that do not fit are not connected", () => {
  const water = { placement: "p1", port: "out" };
  expect(linkBetween(loop(), water, { placement: "p1", port: "power" })).toBeUndefined();
  expect(linkBetween(loop(), water, { placement: "v1", port: "out" })).toBeUndefined();
  expect(linkBetween(loop(), water, water)).toBeUndefined();
  expect(connect(loop(), water, { placement: "v1", port: "in" }, ids())).toEqual([]);
});

it("a pipe that joins another gets its medium, and a junction between its halves", () => {
  const before = loop();
  const placed = apply(before, place(before, { id: "p2", symbol: "pump", x: 460, y: 260 }));
  const joined = apply(
    placed,
    connectIntoPipe(placed, { placement: "p2", port: "out" }, "w3", { x: 601, y: 250 }, ids()),
  );
  const junction = joined.placements!.at(-1)!;
  expect(junction).toMatchObject({ symbol: "junction", x: 600, y: 250 });
  const ends = joined.pipes!.map(({ source, target }) => `${source.placement}>${target.placement}`);
  expect(ends).toEqual(["p1>v1", "v1>t1", `t1>${junction.id}`, `${junction.id}>j1`, `p2>${junction.id}`]);
  expect(joined.pipes!.at(-1)!.medium).toBe("water");
});

it("an instrument that is drawn onto a pipe taps it: the signal begins there", () => {
  const placed = apply(loop(), place(loop(), { id: "i1", symbol: "instrument", x: 460, y: 260 }));
  const from = { placement: "i1", port: "top" };
  for (const medium of [undefined, "signal"] as const) {
    const tapped = apply(placed, connectIntoPipe(placed, from, "w3", { x: 601, y: 250 }, ids(), medium));
    const junction = tapped.placements!.at(-1)!.id;
    expect(tapped.pipes!.at(-1)).toMatchObject({ medium: "signal", source: { placement: junction }, target: from });
  }
  const drained = apply(placed, connectIntoPipe(placed, from, "w3", { x: 601, y: 250 }, ids(), "water"));
  expect(drained.pipes!.at(-1)).toMatchObject({ medium: "water", source: from });
});

it("a valve dropped on a pipe lies in it", () => {
  const valve = newPlacement("valve_hand", { x: 170, y: 120 }, ids());
  const drawing = apply(loop(), insertIntoPipe(loop(), "w1", valve, ids()));
  expect(drawing.pipes!.map(({ source, target }) => [source.placement, target.placement])).toEqual([
    ["p1", valve.id],
    ["v1", "t1"],
    ["t1", "j1"],
    [valve.id, "v1"],
  ]);
});

it("a pipe leads around a symbol that lies in its way", () => {
  const blocked = {
    width: 800,
    height: 400,
    placements: [
      { id: "p1", symbol: "pump", x: 0, y: 100 },
      { id: "t1", symbol: "tank", x: 200, y: 60, width: 140, height: 110 },
      { id: "v1", symbol: "valve_control", x: 500, y: 105 },
    ],
  };
  const drawing = apply(
    blocked,
    connect(blocked, { placement: "p1", port: "out" }, { placement: "v1", port: "in" }, ids()),
  );
  const line = routePipe(drawing.pipes![0]!, placementsOf(drawing))!;
  expect(line.length).toBeGreaterThan(2);
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1]!, line[i]!];
    expect(a.x === b.x || a.y === b.y).toBe(true);
    const overTank =
      Math.max(a.x, b.x) > 200 && Math.min(a.x, b.x) < 340 && Math.max(a.y, b.y) > 60 && Math.min(a.y, b.y) < 170;
    expect(overTank).toBe(false);
  }
});

it("a pipe is routed again when a symbol is moved into its way", () => {
  const before = loop();
  const free = { ...before, placements: [...before.placements!, { id: "m1", symbol: "motor", x: 600, y: 20 }] };
  const moved = apply(free, move(free, new Set(["m1"]), { x: -20, y: 160 }));
  const line = routePipe(
    moved.pipes!.find(({ id }) => id === "w3")!,
    placementsOf(moved),
  )!;
  const hit = line.slice(1).some((b, i) => {
    const a = line[i]!;
    return Math.max(a.x, b.x) > 580 && Math.min(a.x, b.x) < 620 && Math.max(a.y, b.y) > 180 && Math.min(a.y, b.y) < 220;
  });
  expect(hit).toBe(false);
});

it("a route drawn by hand keeps its shape when both ends move", () => {
  const moved = apply(loop(), move(loop(), new Set(["t1", "j1"]), { x: 20, y: 30 }));
  expect(moved.pipes!.find(({ id }) => id === "w3")!.via).toEqual([[620, 150]]);
});

it("a run of a pipe is moved sideways", () => {
  const drawing = apply(loop(), moveRun(loop(), "w3", 2, 50));
  const line = routePipe(
    drawing.pipes!.find(({ id }) => id === "w3")!,
    placementsOf(drawing),
  )!;
  expect(line.some(({ x }) => x === 650)).toBe(true);
});

it("a pipe between two junctions can be reversed, one into an inlet not", () => {
  expect(reverse(loop(), "w1")).toEqual([]);
  const before = loop();
  const two = {
    ...before,
    placements: [...before.placements!, { id: "j2", symbol: "junction", x: 700, y: 300 }],
    pipes: [
      {
        id: "w9",
        source: { placement: "j1", port: "p" },
        target: { placement: "j2", port: "p" },
        medium: "water" as const,
      },
    ],
  };
  expect(apply(two, reverse(two, "w9")).pipes![0]).toMatchObject({ source: { placement: "j2" } });
});

it("the best link of two symbols is a free outlet into a free inlet", () => {
  const link = bestLink(loop(), "t1", "p1")!;
  expect(link.a.port).toMatch(/^out/);
  expect(link.b.port).toMatch(/^in/);
  expect(link.a.port).not.toBe("out_right");
});

it("removing a symbol removes its pipes, its values, and junctions that nothing is left of", () => {
  const drawing = apply(loop(), remove(loop(), new Set(["t1"])));
  expect(drawing.placements!.map(({ id }) => id)).toEqual(["p1", "v1"]);
  expect(drawing.pipes!.map(({ id }) => id)).toEqual(["w1"]);
  expect(apply(loop(), remove(loop(), new Set(["p1"]))).tags).toEqual([]);
});

it("labels, bindings, thresholds, assets and layers are set and taken away", () => {
  const chosen = new Set(["p1"]);
  let drawing = apply(loop(), label(loop(), chosen, { label: "P-2", label_at: "left" }));
  expect(placementIn(drawing, "p1")).toMatchObject({ label: "P-2", label_at: "left" });
  drawing = apply(drawing, setThreshold(drawing, "p1", "run", 0.5));
  expect(placementIn(drawing, "p1").slots).toEqual({ run: { sensor: "s-run", above: 0.5 } });
  drawing = apply(drawing, bind(drawing, "p1", "run", undefined));
  expect(placementIn(drawing, "p1")).not.toHaveProperty("slots");
  drawing = apply(drawing, setAsset(drawing, "p1", { tag: "P-9" }));
  expect(placementIn(drawing, "p1")).toMatchObject({ new_asset: { tag: "P-9" } });
  expect(placementIn(drawing, "p1")).not.toHaveProperty("asset");
  drawing = apply(drawing, setLayer(drawing, chosen, "Water"));
  expect(placementIn(drawing, "p1").layer).toBe("Water");
});

it("aligns and distributes groups as one", () => {
  const row = {
    width: 800,
    height: 400,
    placements: [
      { id: "a", symbol: "pump", x: 0, y: 0 },
      { id: "b", symbol: "pump", x: 100, y: 30 },
      { id: "c", symbol: "pump", x: 300, y: 60 },
    ],
  };
  const all = new Set(["a", "b", "c"]);
  expect(apply(row, align(row, all, "top")).placements!.map(({ y }) => y)).toEqual([0, 0, 0]);
  expect(apply(row, distribute(row, all, "x")).placements!.map(({ x }) => x)).toEqual([0, 150, 300]);
  const grouped = apply(row, group(row, new Set(["a", "b"]), ids()));
  expect(apply(grouped, align(grouped, all, "bottom")).placements!.map(({ y }) => y)).toEqual([30, 60, 60]);
});

it("pasted parts have new ids, and bindings only to what the place knows", () => {
  const clip = parseClip(JSON.stringify(copy(loop(), new Set(["p1", "v1"]))))!;
  expect(clip.pipes.map(({ id }) => id)).toEqual(["w1"]);
  const known = { asset: () => false, sensor: (id: string) => id === "s-run" };
  const drawing = apply(loop(), paste(loop(), clip, { x: 0, y: 200 }, ids(), known));
  const pump = drawing.placements!.at(-2)!;
  expect(pump).toMatchObject({ symbol: "pump", y: 300, slots: { run: { sensor: "s-run" } } });
  expect(pump).not.toHaveProperty("asset");
  expect(drawing.pipes!.at(-1)!.source.placement).toBe(pump.id);
  expect(drawing.tags).toHaveLength(1);
});

it("text that is no clip is not pasted", () => {
  for (const text of [null, "", "{", "null", "[]", '{"placements": 1}']) expect(parseClip(text)).toBeUndefined();
});

it("the page grows to what lies outside of it", () => {
  const out = apply(loop(), move(loop(), new Set(["x1", "j1"]), { x: 300, y: 200 }));
  const page = apply(out, fitPage(out));
  expect(page.width).toBeGreaterThan(900);
  expect(page.height).toBe(540);
  const left = apply(loop(), move(loop(), new Set(["x1"]), { x: -100, y: 0 }));
  const shifted = apply(left, fitPage(left));
  expect(Math.min(...shifted.texts!.map(({ x }) => x))).toBeGreaterThanOrEqual(40);
  expect(placementIn(shifted, "p1").x - shifted.texts![0]!.x).toBe(160);
  expect(shifted.pipes!.find(({ id }) => id === "w3")!.via![0]![0]).toBe(700);
});
