import { all, api, unwrap, noTenant } from "../api/client";
import type { Role } from "../api/types";
import { texts } from "./texts";

export const ROLES: { value: Role; label: string; may: string }[] = [
  { value: "viewer", label: texts.viewer, may: texts.viewerMay },
  { value: "engineer", label: texts.engineer, may: texts.engineerMay },
  { value: "admin", label: texts.admin, may: texts.adminMay },
];

const one = (id: string) => ({ params: { path: { id } } });

export const readMembers = (signal: AbortSignal) => all("/api/v1/members", {}, signal);
export const readInvitations = (signal: AbortSignal) => all("/api/v1/members/invitations", {}, signal);
export const changeMember = (id: string, body: { role?: Role; active?: boolean }) =>
  unwrap(api.PATCH("/api/v1/members/{id}", { ...one(id), body }));
export const resetMember = (id: string) => unwrap(api.POST("/api/v1/members/{id}/password-reset", one(id)));
export const invite = (body: { role: Role; email: string }) => unwrap(api.POST("/api/v1/members/invite", { body }));
export const withdraw = (id: string) => unwrap(api.DELETE("/api/v1/members/invitations/{id}", one(id)));

export const readTokens = async (signal: AbortSignal) =>
  (await unwrap(api.GET("/api/v1/tokens", { ...noTenant, signal }))).results;
export const readDevice = (tenant: string, id: string, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/devices/{id}", { ...one(id), headers: { "X-Plantrace-Tenant": tenant }, signal }));
export const makeToken = (body: {
  name: string;
  tenant: string | null;
  scopes: ("read" | "write" | "ingest" | "operate")[];
  expires: string | null;
}) => unwrap(api.POST("/api/v1/tokens", { ...noTenant, body }));
export const revokeToken = (id: string) => unwrap(api.DELETE("/api/v1/tokens/{id}", { ...noTenant, ...one(id) }));
