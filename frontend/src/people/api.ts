import { all, call } from "../api/client";
import type { Role } from "../api/types";

export interface Member {
  id: string;
  username: string;
  name: string;
  email: string;
  role: Role;
  active: boolean;
  me: boolean;
  created: number;
  last_login: number | null;
}

export interface Invitation {
  id: string;
  role: Role;
  email: string;
  invited_by: string;
  created: number;
  expires: number;
}

export interface Token {
  id: string;
  name: string;
  username: string;
  kind: "login" | "named";
  tenant: string | null;
  scopes: string[];
  hint: string;
  created: number;
  expires: number | null;
  last_used: number | null;
}

export interface AuditEntry {
  id: number;
  at: number;
  username: string;
  via: string;
  address: string;
  action: string;
  target: string;
  detail: Record<string, unknown>;
}

export interface Link {
  link: string | null;
  sent_to: string | null;
}

export const ROLES: { value: Role; label: string; may: string }[] = [
  { value: "viewer", label: "Viewer", may: "sees everything, changes nothing" },
  { value: "engineer", label: "Engineer", may: "changes catalog and drawings, imports history" },
  { value: "admin", label: "Admin", may: "invites people and gives roles as well" },
];

export const readMembers = (signal: AbortSignal) => all<Member>("/api/v1/members", {}, signal);
export const readInvitations = (signal: AbortSignal) => all<Invitation>("/api/v1/members/invitations", {}, signal);
export const changeMember = (id: string, body: { role?: Role; active?: boolean }) =>
  call<Member>("PATCH", `/api/v1/members/${id}`, { body });
export const resetMember = (id: string) => call<Link>("POST", `/api/v1/members/${id}/password-reset`, { body: {} });
export const invite = (body: { role: Role; email?: string }) => call<Link>("POST", "/api/v1/members/invite", { body });
export const withdraw = (id: string) => call("DELETE", `/api/v1/members/invitations/${id}`);

const outside = { tenant: null };
export const readTokens = async (signal: AbortSignal) =>
  (await call<{ results: Token[] }>("GET", "/api/v1/tokens", { ...outside, query: { limit: 1000 }, signal })).results;
export const makeToken = (body: { name: string; tenant: string | null; scopes: string[]; expires?: string | null }) =>
  call<Token & { token: string }>("POST", "/api/v1/tokens", { ...outside, body });
export const revokeToken = (id: string) => call("DELETE", `/api/v1/tokens/${id}`, outside);
