// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeQueryClient } from "../api/queries";
import { ME, serve } from "../api/testServer";
import { setMoment } from "../moment";
import { CasesOf } from "./CasesOf";
import { caseOf } from "./testCases";

const counts = { open: 5, in_progress: 1, done: 0, cancelled: 0, overdue: 1, unassigned: 2 };
const late = caseOf("c1", { due: Date.UTC(2026, 0, 1), assigned: { id: "m7", name: "Ada" } });

beforeEach(() => history.replaceState(null, "", "/t/plant/plant?tz=utc"));
afterEach(() => {
  cleanup();
  setMoment(null);
});

function show(role: string, at: number | null = null) {
  setMoment(at);
  const server = serve(({ call }) => {
    if (call === "GET /api/v1/cases") return { body: { results: [late], counts, next: null } };
    if (call === "GET /api/v1/sites") return { body: { results: [], next: null } };
    return undefined;
  });
  const client = makeQueryClient();
  client.setQueryData(["me"], { ...ME.body, tenants: [{ ...ME.body.tenants[0], role }] });
  render(
    <QueryClientProvider client={client}>
      <MantineProvider>
        <CasesOf of={{ asset: "a1" }} start={() => ({ title: "", asset: "a1" })} at={at} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  return server;
}

it("links to the open cases of an asset, says what is overdue, and how many more there are", async () => {
  const server = show("engineer");
  const link = await screen.findByRole("link", { name: "#12 Brush the tubes" });
  expect(link.getAttribute("href")).toBe("/t/plant/work?tz=utc&case=c1");
  expect(screen.getByText(/^overdue by/)).toBeDefined();
  expect(screen.getByText(/Open · Ada/)).toBeDefined();
  expect(screen.getByRole("link", { name: "and 5 more" }).getAttribute("href")).toContain("asset=a1");
  expect(screen.getByRole("button", { name: "Open a case…" })).toBeDefined();
  expect(server.of("GET /api/v1/cases")[0]!.query).toMatchObject({ asset: "a1", state: "open,in_progress" });
});

it("lets viewers read, and nobody change the past", async () => {
  show("viewer");
  await screen.findByRole("link", { name: "#12 Brush the tubes" });
  expect(screen.queryByRole("button")).toBeNull();
  cleanup();
  const server = show("engineer", Date.UTC(2025, 11, 1));
  await screen.findByText("1 Jan 2026");
  expect(screen.queryByRole("button")).toBeNull();
  expect(server.of("GET /api/v1/cases")[0]!.query.at).toBe(String(Date.UTC(2025, 11, 1)));
});
