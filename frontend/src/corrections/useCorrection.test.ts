// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ME, makeWrapper, serve } from "../api/testServer";
import type { ReceivedRequest } from "../api/testServer";
import type { Correction, NewCorrection } from "./api";
import { previewCorrection } from "./api";
import { useCorrection } from "./useCorrection";

const BODY = { action: "delete", sensors: ["s"], dry_run: true } as unknown as NewCorrection;
const RESULT = { removed: 3, added: 0, changed: 0, left: 0 };

let stored: Partial<Correction>;

function respond({ call }: ReceivedRequest) {
  if (call === "GET /api/v1/me") return ME;
  if (call === "POST /api/v1/corrections") return { status: 201, body: (stored = { ...stored, state: "queued" }) };
  if (call === "POST /api/v1/corrections/c1/start") {
    return { status: 202, body: (stored = { ...stored, state: "queued", dry_run: false, result: null }) };
  }
  if (call === "POST /api/v1/corrections/c1/cancel") return { body: (stored = { ...stored, state: "cancelled" }) };
  return call === "GET /api/v1/corrections/c1" ? { body: stored } : undefined;
}

beforeEach(() => {
  vi.useFakeTimers();
  document.cookie = "plantrace_csrf=x";
  history.replaceState(null, "", "/t/plant/data");
  stored = { id: "c1", dry_run: true, result: null };
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function correction() {
  const server = serve(respond);
  const hook = renderHook(() => useCorrection(previewCorrection), { wrapper: makeWrapper() });
  return { server, now: () => hook.result.current };
}

it("counts first, and changes nothing until it is started", async () => {
  const { server, now } = correction();
  act(() => now().preview(BODY));
  await later(100);
  expect(now().working).toBe(true);
  stored = { ...stored, state: "done", result: RESULT as Correction["result"] };
  await later(600);
  expect(now()).toMatchObject({ working: false, previewed: RESULT, done: null });
  await later(5000);
  expect(server.of("POST /api/v1/corrections/c1/start")).toHaveLength(0);
});

it("is polled from its start to its end, and then no longer", async () => {
  const { server, now } = correction();
  act(() => now().preview(BODY));
  await later(100);
  stored = { ...stored, state: "done", result: RESULT as Correction["result"] };
  await later(600);
  act(() => void now().start());
  await later(600);
  expect(now()).toMatchObject({ working: true, previewed: null, done: null });
  stored = { ...stored, state: "done", result: RESULT as Correction["result"] };
  await later(600);
  expect(now()).toMatchObject({ working: false, previewed: null, done: RESULT });
  const reads = server.of("GET /api/v1/corrections/c1").length;
  await later(5000);
  expect(server.of("GET /api/v1/corrections/c1")).toHaveLength(reads);
});

it("can be cancelled while it runs", async () => {
  const { now } = correction();
  act(() => now().preview(BODY));
  await later(100);
  act(() => void now().cancel());
  await later(600);
  expect(now()).toMatchObject({ working: false, previewed: null, done: null });
  expect(now().found?.state).toBe("cancelled");
});

it("shows why a preview was refused, and clears that", async () => {
  const { now } = correction();
  serve((request) =>
    request.call === "POST /api/v1/corrections"
      ? { status: 400, body: { detail: "No such sensor." } }
      : respond(request),
  );
  act(() => now().preview(BODY));
  await later(100);
  expect(now().working).toBe(false);
  expect(now().error?.message).toBe("No such sensor.");
  act(() => now().reset());
  await later(0);
  expect(now().error).toBeNull();
});
