// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ME, makeWrapper, serve } from "../api/testServer";
import type { ReceivedRequest } from "../api/testServer";
import type { Sensor } from "../api/types";
import { useSensorForm } from "./useSensorForm";

const sensor = {
  ...{ id: "s1", site: "p1", tag: "TT-1", name: "Supply", asset: null, unit: "°C", kind: "continuous", states: {} },
  ...{ range: [0, 40], trusted: true, interval_s: 60, rollover: null, tolerance: 0, sampling: "periodic" },
  ...{ stored_as: null, description: "", revision: 3 },
} as unknown as Sensor;

/** A server that has samples in °C and checks revisions. */
function plant(stored: Sensor) {
  return ({ call, query, body }: ReceivedRequest) => {
    if (call === "GET /api/v1/me") return ME;
    if (call !== "PATCH /api/v1/sensors/s1") return undefined;
    const sent = body as Partial<Sensor>;
    const problem = (slug: string, extra: object) => ({
      status: 409,
      body: { type: `/problems/${slug}`, title: slug, detail: slug, ...extra },
    });
    if (sent.revision !== stored.revision) return problem("stale-revision", { current: stored });
    if (sent.unit && !query.history) return problem("has-samples", { convertible: sent.unit === "°F" });
    if (sent.name === "") {
      return {
        status: 400,
        body: { type: "/problems/invalid", errors: [{ field: "name", message: "must not be empty." }] },
      };
    }
    return { body: { ...stored, ...sent } };
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  document.cookie = "plantrace_csrf=x";
  history.replaceState(null, "", "/t/plant/data/sensors");
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => act(() => vi.advanceTimersByTimeAsync(50));

async function form(stored = sensor) {
  const server = serve(plant(stored));
  const saved = vi.fn();
  const hook = renderHook(() => useSensorForm(sensor, saved), { wrapper: makeWrapper() });
  await settle();
  const now = () => hook.result.current;
  const edit = (part: Parameters<ReturnType<typeof now>["edit"]>[0]) => act(() => now().edit(part));
  const save = async (history?: "convert" | "relabel") => {
    act(() => now().save(history));
    await settle();
  };
  const sent = () => server.of("PATCH /api/v1/sensors/s1").map(({ query, body }) => ({ ...query, body }));
  return { now, edit, save, saved, sent };
}

it("sends nothing while nothing has changed or a field is wrong", async () => {
  const { now, edit } = await form();
  expect(now().incomplete).toBe(true);
  edit({ name: "Return" });
  expect(now().incomplete).toBe(false);
  edit({ low: "cold" });
  expect(now().incomplete).toBe(true);
});

it("asks what to do with stored samples, and converts them only if that is chosen", async () => {
  const { now, edit, save, saved, sent } = await form();
  edit({ unit: "°F" });
  await save();
  expect(now().decision).toEqual({ about: "history", convertible: true });
  expect(now().error).toBeNull();
  expect(saved).not.toHaveBeenCalled();
  await save("convert");
  expect(sent().at(-1)).toEqual({ history: "convert", body: { unit: "°F", revision: 3 } });
  expect(saved).toHaveBeenCalledTimes(1);
});

it("returns to the fields as typed when the decision is cancelled", async () => {
  const { now, edit, save } = await form();
  edit({ unit: "bar" });
  await save();
  expect(now().decision).toEqual({ about: "history", convertible: false });
  act(() => now().cancelDecision());
  await settle();
  expect(now().decision).toBeNull();
  expect(now().draft.unit).toBe("bar");
});

it("shows somebody else's change, and applies mine on top without undoing it", async () => {
  const current = { ...sensor, name: "Chilled water supply", revision: 4 };
  const { now, edit, save, saved, sent } = await form(current);
  edit({ description: "In the riser" });
  await save();
  expect(now().decision).toEqual({ about: "revision", current });
  act(() => now().applyTo(current));
  await settle();
  expect(now().draft).toMatchObject({ name: "Chilled water supply", description: "In the riser" });
  await save();
  expect(sent().at(-1)).toEqual({ body: { description: "In the riser", revision: 4 } });
  expect(saved).toHaveBeenCalledTimes(1);
});

it("discards my change for somebody else's", async () => {
  const current = { ...sensor, name: "Chilled water supply", revision: 4 };
  const { now, edit, save } = await form(current);
  edit({ description: "In the riser" });
  await save();
  act(() => now().discardFor(current));
  await settle();
  expect(now().draft).toMatchObject({ name: "Chilled water supply", description: "" });
  expect(now().incomplete).toBe(true);
});

it("shows the server's error at its field until it is edited", async () => {
  const { now, edit, save } = await form();
  edit({ name: "" });
  await save();
  expect(now().errors).toEqual({ name: "must not be empty." });
  edit({ name: "Supply 2" });
  await settle();
  expect(now().errors).toEqual({});
});
