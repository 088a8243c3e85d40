// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useInstants, useUnreadableMoment } from "./instants";
import { momentNow } from "./moment";

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  client.setQueryData(["me"], { tenants: [{ slug: "plant" }] });
  client.setQueryData(["plant", "sites"], [{ id: "s1", slug: "hall", timezone: "America/New_York" }]);
});
afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
  client.clear();
});

function show<T>(hook: () => T) {
  const wrapper = ({ children }: { children: ReactNode }) => createElement(QueryClientProvider, { client }, children);
  return renderHook(hook, { wrapper }).result;
}

function open(search: string) {
  history.replaceState(null, "", `/t/plant/trends${search}`);
  return show(useInstants);
}

it("reads times of the address on the plant's clock, whatever the browser's, and replaces them by instants", () => {
  expect(open("?at=2026-03-08T05:00").current).toBe(true);
  expect(momentNow()).toBe(Date.UTC(2026, 2, 8, 9));
  expect(location.search).toBe(`?at=${Date.UTC(2026, 2, 8, 9)}`);
  open("?start=2026-03-08+01:00&end=2026-03-08+05:00");
  expect(location.search).toBe(`?start=${Date.UTC(2026, 2, 8, 6)}&end=${Date.UTC(2026, 2, 8, 9)}`);
});

it("reads them on the clock that tz= names", () => {
  open("?at=2026-03-08T05:00&tz=utc");
  expect(momentNow()).toBe(Date.UTC(2026, 2, 8, 5));
});

it("leaves instants unchanged", () => {
  for (const search of ["?at=1772960400000", "?at=2026-03-08T09:00:00Z", "?at=2026-03-08T05:00:00-04:00"]) {
    expect(open(search).current).toBe(true);
    expect([location.search, momentNow()]).toEqual([search, 1_772_960_400_000]);
  }
});

it("reports invalid times, and seconds, which would be in 1970: live values are shown", () => {
  for (const text of ["soon", "1772960400", "99999999999999999999"]) {
    expect(open(`?at=${text}`).current).toBe(true);
    expect([location.search, momentNow()]).toEqual([`?at=${text}`, null]);
    expect(show(useUnreadableMoment).current).toBe(text);
  }
  open("?at=2026-03-08T05:00");
  expect(show(useUnreadableMoment).current).toBeNull();
});

it("waits until the site, and so its clock, is known", () => {
  client.removeQueries({ queryKey: ["plant", "sites"] });
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  expect(open("?at=2026-03-08T05:00").current).toBe(false);
  expect([location.search, momentNow()]).toEqual(["?at=2026-03-08T05:00", null]);
});
