import { all, api, got, outside } from "../api/client";
import type { Role } from "../api/types";

export const ROLES: { value: Role; label: string; may: string }[] = [
  { value: "viewer", label: "Viewer", may: "Read-only access" },
  { value: "engineer", label: "Engineer", may: "Can change the catalog and schematics, and import data" },
  { value: "admin", label: "Admin", may: "Can also manage members and retention" },
];

const one = (id: string) => ({ params: { path: { id } } });

export const readMembers = (signal: AbortSignal) => all("/api/v1/members", {}, signal);
export const readInvitations = (signal: AbortSignal) => all("/api/v1/members/invitations", {}, signal);
export const changeMember = (id: string, body: { role?: Role; active?: boolean }) =>
  got(api.PATCH("/api/v1/members/{id}", { ...one(id), body }));
export const resetMember = (id: string) => got(api.POST("/api/v1/members/{id}/password-reset", one(id)));
export const invite = (body: { role: Role; email: string }) => got(api.POST("/api/v1/members/invite", { body }));
export const withdraw = (id: string) => got(api.DELETE("/api/v1/members/invitations/{id}", one(id)));

export const readTokens = async (signal: AbortSignal) =>
  (await got(api.GET("/api/v1/tokens", { ...outside, signal }))).results;
export const makeToken = (body: {
  name: string;
  tenant: string | null;
  scopes: ("read" | "write" | "ingest" | "operate")[];
  expires: string | null;
}) => got(api.POST("/api/v1/tokens", { ...outside, body }));
export const revokeToken = (id: string) => got(api.DELETE("/api/v1/tokens/{id}", { ...outside, ...one(id) }));
