// @vitest-environment happy-dom
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeWrapper, serve } from "../api/testServer";
import type { Schematic, VersionInfo } from "./core/types";
import { readEarly, useDrawing } from "./data";

const first: VersionInfo = { version: 1, valid_from: 0, note: "", author: "ada", created: 1 };
const second: VersionInfo = { ...first, version: 2, valid_from: 1000 };
const READ = "GET /api/v1/schematics/d";

beforeEach(() => history.replaceState(null, "", "/t/plant/plant/d"));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function shown(version: VersionInfo) {
  const server = serve(({ call, query }) =>
    call === READ
      ? { body: { id: "d", revision: 1, version: Number(query.at ?? 2000) >= 1000 ? second : first, drawing: {} } }
      : undefined,
  );
  const schematic = { id: "d", revision: 1, versions: [first, second] } as Schematic;
  readEarly(new QueryClient(), "d", null);
  const hook = renderHook(() => useDrawing(schematic, version, []), { wrapper: makeWrapper() });
  return { server, drawn: () => waitFor(() => expect(hook.result.current.data?.version).toEqual(version)) };
}

it("a drawing that was read early is not read again", async () => {
  const { server, drawn } = shown(second);
  await drawn();
  expect(server.of(READ)).toHaveLength(1);
});

it("but is if another version is in force", async () => {
  const { server, drawn } = shown(first);
  await drawn();
  expect(server.of(READ).map(({ query }) => query.at)).toEqual([undefined, "0"]);
});
