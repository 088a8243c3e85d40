import { expect, it } from "vitest";
import { loop, placementIn } from "./fixtures";
import { anchorsOf, pipeAt, snapMove, targetAt } from "./snap";

it("a drag snaps to the port of another symbol, and shows the line", () => {
  const still = placementIn(loop(), "p1");
  const moving = { id: "p2", symbol: "pump", x: 400, y: 300 };
  const { by, guides } = snapMove(anchorsOf([moving]), anchorsOf([still]), moving, { x: -97, y: -203 }, 10, 7);
  // Its outlet at y = 320 meets the level of the first pump's ports at y = 120.
  expect(by.y).toBe(-200);
  expect(guides.some(({ axis, at }) => axis === "y" && at === 120)).toBe(true);
});

it("a drag far from everything snaps to the grid", () => {
  const moving = { id: "p2", symbol: "pump", x: 403, y: 1300 };
  const { by, guides } = snapMove(anchorsOf([moving]), anchorsOf([]), moving, { x: 18, y: 4 }, 10, 7);
  expect([moving.x + by.x, moving.y + by.y]).toEqual([420, 1300]);
  expect(guides).toEqual([]);
});

it("a pipe being drawn ends at the nearest port that fits", () => {
  const from = { placement: "t1", port: "out_bottom" };
  const port = targetAt(loop(), from, { x: 104, y: 122 }, 14);
  expect(port).toMatchObject({ kind: "port", end: { placement: "p1", port: "in" }, at: { x: 100, y: 120 } });
});

it("away from ports it joins a pipe, and elsewhere nothing", () => {
  const from = { placement: "p1", port: "in" };
  expect(targetAt(loop(), from, { x: 604, y: 200 }, 14)).toMatchObject({
    kind: "pipe",
    pipe: "w3",
    at: { x: 600, y: 200 },
  });
  expect(targetAt(loop(), from, { x: 20, y: 380 }, 14)).toMatchObject({ kind: "none" });
});

it("says which port it refuses", () => {
  const from = { placement: "p1", port: "out" };
  expect(targetAt(loop(), from, { x: 226, y: 300 }, 14)).toEqual({ kind: "none", at: { x: 226, y: 300 } });
  const { x, y } = placementIn(loop(), "p1");
  expect(targetAt({ ...loop(), pipes: [] }, from, { x: x + 20, y: y + 40 }, 6)).toMatchObject({
    kind: "none",
    refused: { placement: "p1" },
  });
});

it("finds the pipe under a point", () => {
  expect(pipeAt(loop(), { x: 170, y: 124 }, 10)).toMatchObject({ pipe: "w1", at: { x: 170, y: 120 } });
  expect(pipeAt(loop(), { x: 170, y: 200 }, 10)).toBeUndefined();
});
