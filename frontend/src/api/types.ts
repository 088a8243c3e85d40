/** The shapes of docs' HTTP contract that the pages work with. Times are epoch milliseconds. */

export interface Me {
  user: { username: string; name: string; email: string };
  operator: boolean;
  tenants: Membership[];
}

export type Role = "viewer" | "engineer" | "admin";

export interface Membership {
  slug: string;
  name: string;
  role: Role;
}

export interface Site {
  id: string;
  slug: string;
  name: string;
  timezone: string;
  revision: number;
}

export interface Area {
  id: string;
  site: string;
  name: string;
  parent: string | null;
}

export interface Asset {
  id: string;
  site: string;
  area: string | null;
  parent: string | null;
  tag: string;
  name: string;
  type: string;
  properties: Record<string, unknown>;
  revision: number;
}

export type Kind = "continuous" | "discrete" | "counter" | "text";

export interface Sensor {
  id: string;
  site: string;
  asset: string | null;
  tag: string;
  name: string;
  unit: string;
  kind: Kind;
  states: Record<string, string>;
  range: [number, number] | null;
  trusted: boolean;
  interval_s: number | null;
  sampling: "periodic" | "on_change";
  description: string;
  revision: number;
}

export interface Connection {
  id: string;
  site: string;
  source: string;
  target: string;
  medium: string;
}

export interface AsOf {
  sensor: string;
  t: number | null;
  v: number | string | null;
  q: number;
  age: number | null;
  stale: boolean;
  reason: string | null;
}

export interface Values {
  at: number;
  live: boolean;
  values: AsOf[];
}

export interface SchematicInfo {
  id: string;
  site: string;
  name: string;
}

export interface Readiness {
  ready: boolean;
  parts: { name: string; state: "up" | "down"; detail: string }[];
}
