import { useQuery } from "@tanstack/react-query";
import { all, api, call, unwrap } from "../../api/client";
import type { Body, Result, Token } from "../../api/types";
import { useTenant } from "../../tenant";
import { SOURCE_NAMES, sourceName } from "./model";

export type NewSource = Body<"sourceCreate">;
export type SourceChange = Body<"sourceChange">;
export type Source = Result<"sourceRead">;

const PATH = "/api/v1/sources";

export const readSource = (id: string, signal: AbortSignal): Promise<Source> =>
  unwrap(api.GET("/api/v1/sources/{id}", { params: { path: { id } }, signal }));

export const createSource = (source: NewSource) => call<Source>("POST", PATH, { body: source });

export const changeSource = (id: string, changes: Partial<SourceChange>) =>
  call<Source>("PATCH", `${PATH}/${id}`, { body: changes });

export const deleteSource = (id: string) => call<undefined>("DELETE", `${PATH}/${id}`);

export interface SourceNames {
  ids: string[];
  /** Of an id or a kind. */
  nameOf: (id: string) => string;
}

/** All sources by name: those of a kind, and those that somebody has named. */
export function useSourceNames(): SourceNames {
  const tenant = useTenant()!;
  const query = useQuery({
    queryKey: [tenant.slug, "sources", "list"],
    queryFn: ({ signal }) => all(PATH, {}, signal),
    staleTime: 60_000,
  });
  const sources = query.data ?? [];
  const names = new Map(sources.map(({ id, name }) => [id, name]));
  return {
    ids: sources.length ? sources.map((source) => source.id) : SOURCE_NAMES,
    nameOf: (id) => names.get(id) || sourceName(id),
  };
}

export function useSource(id: string | undefined) {
  const tenant = useTenant()!;
  return useQuery({
    queryKey: [tenant.slug, "sources", id],
    queryFn: ({ signal }) => readSource(id!, signal),
    enabled: id !== undefined,
  });
}

/** Tokens that somebody may choose for a source: admins see those of everybody. */
export function useTokens(enabled: boolean): Token[] {
  const tenant = useTenant()!;
  const query = useQuery({
    queryKey: [tenant.slug, "tokens of sources"],
    queryFn: ({ signal }) => all("/api/v1/tokens", tenant.role === "admin" ? { of: "tenant" } : {}, signal),
    enabled,
    staleTime: 60_000,
  });
  return query.data?.filter((token) => token.tenant === tenant.slug || token.tenant === null) ?? [];
}

/** What a token is shown as, by its id. */
export function tokenNames(tokens: Token[]): Map<string, string> {
  return new Map(tokens.map(({ id, name, username }) => [id, name ? `${name} (${username})` : username]));
}

/** The id of the token that somebody typed, by its id or by a name that no other has; otherwise as typed. */
export function tokenId(tokens: Token[], typed: string): string {
  const named = tokens.filter(({ name }) => name === typed);
  return named.length === 1 ? named[0]!.id : typed;
}

export const isTokenId = (text: string) => TOKEN_ID.test(text);
const TOKEN_ID = /^[a-z][a-km-np-z2-9]{10}$/;
