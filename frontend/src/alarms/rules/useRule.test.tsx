// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import type { Rule } from "./api";
import { newRule } from "./draft";
import { useRule } from "./useRule";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ruleOf = (fields: Partial<Rule>): Rule =>
  ({ ...newRule("harbour"), id: "r1", revision: 1, version: 1, name: "Too warm", priority: 2, ...fields }) as Rule;

/** A server that keeps one rule and refuses what was made from another revision. */
function served(kept: Rule) {
  let now = kept;
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") return Response.json({});
    const body = (await request.json()) as Rule;
    if (request.method === "PUT" && body.revision !== now.revision)
      return Response.json({ status: 409, title: "Changed", detail: "Changed by ana.", current: now }, { status: 409 });
    now = ruleOf({ ...body, id: now.id, revision: now.revision + 1, version: now.version + 1 });
    return Response.json(now);
  });
  return {
    change: (fields: Partial<Rule>) => (now = { ...now, ...fields, revision: now.revision + 1 }),
    now: () => now,
  };
}

function edited(rule: Rule | undefined) {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(
    () =>
      useRule(
        rule,
        "harbour",
        (id) => id,
        () => {},
      ),
    { wrapper },
  ).result;
}

it("stores what was changed with its reason, and goes on from what was stored", async () => {
  const rule = ruleOf({});
  const server = served(rule);
  const form = edited(rule);
  expect(form.current.changed).toBe(false);
  act(() => form.current.change({ on_delay_s: 300 }));
  act(() => form.current.setNote("chatters at night"));
  expect(form.current.changed).toBe(true);
  await act(() => form.current.save.mutateAsync(true));
  expect(server.now()).toMatchObject({ on_delay_s: 300, enabled: true, note: "chatters at night", revision: 2 });
  await waitFor(() => expect(form.current.changed).toBe(false));
  expect(form.current.base?.revision).toBe(2);
  expect(form.current.note).toBe("");
});

it("keeps mine over what somebody else has stored only when I say so", async () => {
  const rule = ruleOf({});
  const server = served(rule);
  const form = edited(rule);
  act(() => form.current.change({ on_delay_s: 300 }));
  server.change({ off_delay_s: 900 });
  await act(() => form.current.save.mutateAsync(false).catch(() => undefined));
  await waitFor(() => expect(form.current.conflict?.off_delay_s).toBe(900));
  expect(form.current.draft.on_delay_s).toBe(300);
  act(() => form.current.keepMine());
  await act(() => form.current.save.mutateAsync(false));
  expect(server.now()).toMatchObject({ on_delay_s: 300, off_delay_s: 60 });
});

it("takes theirs and forgets mine", async () => {
  const rule = ruleOf({});
  const server = served(rule);
  const form = edited(rule);
  act(() => form.current.change({ on_delay_s: 300 }));
  server.change({ off_delay_s: 900 });
  await act(() => form.current.save.mutateAsync(false).catch(() => undefined));
  await waitFor(() => expect(form.current.conflict).toBeDefined());
  act(() => form.current.takeTheirs());
  expect(form.current.draft).toMatchObject({ on_delay_s: 60, off_delay_s: 900 });
  expect(form.current.changed).toBe(false);
});

it("goes back to what was stored", () => {
  const form = edited(ruleOf({}));
  act(() => form.current.change({ name: "" }));
  expect(form.current.missing).toContain("Name");
  act(() => form.current.undo());
  expect(form.current.draft.name).toBe("Too warm");
});
