import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { all, api, call, tenantOfPath, unwrap } from "../../api/client";
import type { Body, Result } from "../../api/types";
import { registerSymbols } from "../core/library";
import type { SymbolInfo } from "../core/library";

export type OwnSymbol = Result<"symbolsList">["results"][number];
type NewSymbol = Pick<Body<"symbolCreate">, "name" | "group" | "svg" | "states">;

const key = () => [tenantOfPath(), "symbols"];

/** The tenant's own symbols, which may be placed and painted by their names from then on. */
export function useOwnSymbols() {
  return useQuery({
    queryKey: key(),
    queryFn: async ({ signal }) => {
      const found = await all("/api/v1/symbols", {}, signal);
      registerSymbols(Object.fromEntries(found.map((each) => [each.symbol, each.definition as SymbolInfo])));
      return found;
    },
    staleTime: 30_000,
  });
}

export function useAddSymbol(done: (made: OwnSymbol) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (symbol: NewSymbol) => call<OwnSymbol>("POST", "/api/v1/symbols", { body: symbol }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: key() });
      done(made);
    },
  });
}

/** A new version with other ports; everything else stays. */
export function useChangePorts(done: (made: OwnSymbol) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ own, ports, passes }: { own: OwnSymbol; ports: SymbolInfo["ports"]; passes: boolean }) => {
      const { title, group, words, states, resizable } = own.definition as SymbolInfo;
      const body = { name: title, group, words, states, resizable, passes, ports, revision: own.revision };
      return call<OwnSymbol>("PUT", `/api/v1/symbols/${own.id}`, { body });
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: key() });
      done(made);
    },
  });
}

export function useDeleteSymbol(done: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/symbols/{id}", { params: { path: { id } } })),
    onSuccess: async () => {
      done();
      await client.invalidateQueries({ queryKey: key() });
    },
  });
}
