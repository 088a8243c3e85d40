import { api, unwrap } from "../api/client";
import type { components } from "../api/schema";
import { browserName } from "./push";
import type { BrowserSubscription } from "./push";

export type PushSubscription = components["schemas"]["PushSubscription"];

const of = (tenant: string) => ({ headers: { "X-Plantrace-Tenant": tenant } });

/** One's own browsers in a tenant, and the installation's key. */
export const readBrowsers = (tenant: string, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/notification/push-subscriptions", { ...of(tenant), signal }));

export const addBrowser = (tenant: string, { endpoint, p256dh, auth }: BrowserSubscription) =>
  unwrap(
    api.POST("/api/v1/notification/push-subscriptions", {
      ...of(tenant),
      body: { endpoint, keys: { p256dh, auth }, browser: browserName(navigator.userAgent) },
    }),
  );

export const removeBrowser = (tenant: string, id: string) =>
  unwrap(api.DELETE("/api/v1/notification/push-subscriptions/{id}", { ...of(tenant), params: { path: { id } } }));
