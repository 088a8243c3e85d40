import { all, api, call, get, localUrl, unwrap } from "../../api/client";
import type { Page } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Channel = Schemas["Channel"];
export type ChannelKind = Channel["settings"]["kind"];
/** As it is sent: a secret that is left out stays. */
export type ChannelSettings =
  | { kind: "email"; addresses: string[] }
  | { kind: "webhook"; url: string; secret?: string; old_secret_until?: number }
  | { kind: "slack" | "teams" | "apprise"; url?: string }
  | { kind: "push" };
export interface ChannelContent {
  name: string;
  enabled: boolean;
  settings: ChannelSettings;
}
export type Route = Schemas["Route"];
export type RouteContent = Omit<Route, "id" | "revision" | "created" | "created_by" | "changed" | "changed_by">;
export type Match = Route["match"];
export type Step = Route["steps"][number];
export type Active = Route["active"];
export type WeeklyTimes = Schemas["WeeklyTimes"];
export type ShiftPlan = Schemas["ShiftPlan"];
export type PlanContent = Omit<ShiftPlan, "id" | "revision" | "created" | "created_by" | "changed" | "changed_by">;
export type ShiftEntry = ShiftPlan["entries"][number];
export type Rotation = NonNullable<ShiftPlan["rotation"]>;
export type Delivery = Schemas["Delivery"];
export type DeliveryState = Delivery["state"];
export type Person = Schemas["NotifiedPerson"];
export type PreviewRequest = Schemas["PreviewRequest"];
export type Planned = Schemas["PreviewedDelivery"];
export type TestResult = Schemas["ChannelTest"];

const BASE = "/api/v1/notification";
/** What is changed and deleted by its revision. */
type Kept = { id: string; revision: number };
const revisionOf = ({ revision }: Kept) => ({ "If-Match": `"${revision}"` });

export const readChannels = (signal?: AbortSignal) => all("/api/v1/notification/channels", {}, signal);
export const readRoutes = (signal?: AbortSignal) => all("/api/v1/notification/routes", {}, signal);
export const readPlans = (signal?: AbortSignal) => all("/api/v1/notification/shifts", {}, signal);
export const readPeople = (signal?: AbortSignal) => all("/api/v1/notification/people", {}, signal);

/** Adds one, or changes the one that it was made from. */
const put =
  <Content, Stored extends Kept>(kind: "channels" | "routes" | "shifts") =>
  (content: Content, base?: Kept): Promise<Stored> =>
    base
      ? call<Stored>("PUT", `${BASE}/${kind}/${base.id}`, { body: { ...content, revision: base.revision } })
      : call<Stored>("POST", `${BASE}/${kind}`, { body: content });

export const putChannel = put<ChannelContent, Channel>("channels");
export const putRoute = put<RouteContent, Route>("routes");
export const putPlan = put<PlanContent, ShiftPlan>("shifts");

const remove = (kind: string) => (each: Kept) =>
  call<undefined>("DELETE", `${BASE}/${kind}/${each.id}`, { headers: revisionOf(each) });

/** All routes in the order in which they are to be looked at: all get their place, or none. */
export const putOrder = (routes: readonly Kept[]) =>
  unwrap(
    api.PUT("/api/v1/notification/routes", {
      body: { routes: routes.map(({ id, revision }) => ({ id, revision })) },
    }),
  );

export const deleteChannel = remove("channels");
export const deleteRoute = remove("routes");
export const deletePlan = remove("shifts");

/** Sends a test message now. */
export const testChannel = (id: string) =>
  unwrap(api.POST("/api/v1/notification/channels/{id}/test", { params: { path: { id } } }));

export const preview = (body: PreviewRequest) => unwrap(api.POST("/api/v1/notification/preview", { body }));

export interface DeliveryQuery {
  state?: string | undefined;
  channel?: string | undefined;
  key?: string | undefined;
  limit?: number;
}

export const readDeliveries = (query: DeliveryQuery, next: string | null, signal?: AbortSignal) =>
  get<Page<Delivery>>(
    localUrl(next) ?? `${BASE}/deliveries`,
    next ? undefined : { state: query.state, channel: query.channel, key: query.key, limit: query.limit },
    signal,
  );

const CONTENT: readonly (keyof RouteContent)[] = [
  "name", "enabled", "order", "match", "on", "active", "steps", "digest", "quiet", "repeat_s", "stop",
]; // prettier-ignore
const PLAN_CONTENT: readonly (keyof PlanContent)[] = ["name", "zone", "entries", "rotation"];

const pick = <T extends object>(from: T, names: readonly (keyof T)[]) =>
  Object.fromEntries(names.map((name) => [name, from[name]]));

/** What is sent of a stored one. */
export const contentOf = (route: RouteContent) => pick(route, CONTENT) as unknown as RouteContent;
export const planContentOf = (plan: PlanContent) => pick(plan, PLAN_CONTENT) as unknown as PlanContent;
