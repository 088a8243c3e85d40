// @vitest-environment happy-dom
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeWrapper, serve } from "../api/testServer";
import { readCsv } from "./api";
import { useCaseList, useChangeCase } from "./data";
import { currentOf } from "./draft";
import { caseOf } from "./testCases";

beforeEach(() => history.replaceState(null, "", "/t/plant/work"));
afterEach(cleanup);

const counts = { open: 2, in_progress: 0, done: 0, cancelled: 0, overdue: 0, unassigned: 2 };

it("stores a case as it was read but for what was changed, and reads all lists again", async () => {
  const server = serve(({ call }) => {
    if (call === "GET /api/v1/cases") return { body: { results: [caseOf("c1")], counts, next: null } };
    if (call === "PUT /api/v1/cases/c1") return { body: caseOf("c1", { state: "in_progress", revision: 4 }) };
    return undefined;
  });
  const { result } = renderHook(() => ({ list: useCaseList({ state: "open" }), change: useChangeCase() }), {
    wrapper: makeWrapper(),
  });
  await waitFor(() => expect(result.current.list.data).toBeDefined());
  await act(() => result.current.change.mutateAsync({ from: caseOf("c1"), changes: { state: "in_progress" } }));
  const [sent] = server.of("PUT /api/v1/cases/c1");
  expect(sent!.body).toMatchObject({ title: "Brush the tubes", asset: "a1", state: "in_progress", revision: 3 });
  await waitFor(() => expect(server.of("GET /api/v1/cases")).toHaveLength(2));
});

it("says what somebody else stored meanwhile", async () => {
  const theirs = caseOf("c1", { title: "Theirs", revision: 4 });
  serve(({ call }) =>
    call === "PUT /api/v1/cases/c1"
      ? { status: 409, body: { type: "/problems/stale-revision", title: "Conflict", detail: "no", current: theirs } }
      : undefined,
  );
  const { result } = renderHook(() => useChangeCase(), { wrapper: makeWrapper() });
  await act(async () => {
    await result.current.mutateAsync({ from: caseOf("c1"), changes: { title: "Mine" } }).catch(() => undefined);
  });
  await waitFor(() => expect(currentOf(result.current.error)?.title).toBe("Theirs"));
});

it("saves all pages of the list as one file, with one line of names", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(pathname + search);
    const first = !search.includes("cursor=");
    const headers = first ? { "X-Next-Page": "http://elsewhere/api/v1/cases?format=csv&cursor=x" } : undefined;
    return new Response(`number,title\r\n${first ? "2,b" : "1,a"}\r\n`, { headers });
  });
  const file = await readCsv({ state: "open", at: null });
  expect(await file.text()).toBe("number,title\r\n2,b\r\n1,a\r\n");
  expect(asked).toEqual(["/api/v1/cases?state=open&format=csv&limit=1000", "/api/v1/cases?format=csv&cursor=x"]);
});
