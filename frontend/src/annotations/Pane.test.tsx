// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeWrapper, serve } from "../api/testServer";
import { NotesPane } from "./Pane";

const HOUR = 3_600_000;
const list = (results: unknown[]) => ({ body: { results, next: null } });
const note = {
  ...{ id: "n1", site: "p1", target: "s1", kind: "sensor", start: 2 * HOUR, end: null, text: "Valve jammed" },
  ...{ link: "", files: [], author: "ada", changed_by: "ada", revision: 1 },
};
let status: number;

beforeEach(() => {
  vi.useFakeTimers({ now: 10 * HOUR });
  history.replaceState(null, "", "/t/plant/trends?site=works");
  status = 200;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function show() {
  serve(({ call, query }) => {
    if (call === "GET /api/v1/sites") return list([{ id: "p1", slug: "works", timezone: "UTC" }]);
    if (/^GET \/api\/v1\/(areas|assets|sensors|connections)$/.test(call)) return list([]);
    if (call !== "GET /api/v1/annotations") return undefined;
    if (status !== 200) return { status, body: { title: "Documents unavailable" } };
    return list(Number(query.start) < note.start ? [note] : []);
  });
  const Data = makeWrapper();
  const pane = (start: number, end: number) => (
    <Data>
      <MantineProvider>
        <NotesPane start={start} end={end} targets={null} target="s1" at={end} show={() => {}} />
      </MantineProvider>
    </Data>
  );
  const { container, rerender } = render(pane(5 * HOUR, 6 * HOUR));
  return {
    text: () => container.textContent,
    move: (start: number, end: number) => rerender(pane(start, end)),
  };
}

it("says that there are no notes only when they have been read, also after the range has changed", async () => {
  const { text, move } = show();
  expect(text()).not.toContain("No notes");
  await later(1000);
  expect(text()).toContain("No notes");
  move(HOUR, 3 * HOUR);
  expect(text()).not.toContain("No notes");
  await later(1000);
  expect(text()).toContain("Valve jammed");
});

it("says what is wrong, and not that there are none, if they cannot be read", async () => {
  status = 503;
  const { text } = show();
  await later(20_000);
  expect(text()).toContain("could not process the request");
  expect(text()).not.toContain("No notes");
});
