import { QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { makeQueryClient } from "./queries";

type Reply = { status?: number; body: unknown };

/** For tests of hooks: the server's response to each request, and every request it received. */
export function serve(respond: (received: ReceivedRequest) => Reply | undefined) {
  const requests: ReceivedRequest[] = [];
  vi.stubGlobal("fetch", async (input: Request | string) => {
    const request = input instanceof Request ? input : new Request(new URL(input, location.origin));
    const { pathname, searchParams } = new URL(request.url);
    const text = request.method === "GET" ? "" : await request.text();
    const received = {
      call: `${request.method} ${pathname}`,
      query: Object.fromEntries(searchParams),
      body: text ? (JSON.parse(text) as unknown) : undefined,
    };
    requests.push(received);
    const found = respond(received) ?? { status: 404, body: { title: "Not found", detail: received.call } };
    return new Response(JSON.stringify(found.body), { status: found.status ?? 200 });
  });
  return { requests, of: (call: string) => requests.filter((each) => each.call === call) };
}

export interface ReceivedRequest {
  /** "GET /api/v1/me" */
  call: string;
  query: Record<string, string>;
  body: unknown;
}

export const ME = {
  body: { user: { username: "ada" }, operator: false, tenants: [{ slug: "plant", name: "Plant", role: "engineer" }] },
};

/** The providers that hooks need; the person is already signed in. */
export function makeWrapper() {
  const client = makeQueryClient();
  client.setQueryData(["me"], ME.body);
  return ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
}
