import createClient from "openapi-fetch";
import { Problem, problemOf, unreachable } from "./problem";
import type { paths } from "./schema";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

function cookie(name: string): string | undefined {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
}

/** The page's tenant, which is read from the address only. */
export function tenantOfPath(path = location.pathname): string | undefined {
  return /^\/t\/([^/]+)/.exec(path)?.[1];
}

/** The cookie comes with every page; if it was lost or has expired, this call renews it. */
async function csrfToken(): Promise<string> {
  const found = csrfCookie();
  if (found) return found;
  await fetch("/api/v1/session").catch(() => undefined);
  return csrfCookie() ?? "";
}

/** Over HTTPS its name begins with `__Host-`: no other host of the domain can set it. */
const csrfCookie = () => cookie("__Host-plantrace_csrf") ?? cookie("plantrace_csrf");

/** fetch with our session, CSRF token and tenant; anything but success is thrown as a Problem. */
export async function send(request: Request): Promise<Response> {
  const headers = new Headers(request.headers);
  const tenant = tenantOfPath();
  if (tenant && !headers.has("X-Plantrace-Tenant")) headers.set("X-Plantrace-Tenant", tenant);
  if (headers.get("X-Plantrace-Tenant") === "") headers.delete("X-Plantrace-Tenant");
  if (!SAFE.has(request.method)) headers.set("X-CSRFToken", await csrfToken());
  let response: Response;
  try {
    response = await fetch(new Request(request, { headers, credentials: "same-origin" }));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

type Query = Record<string, string | number | boolean | null | undefined>;

export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Overrides the page's tenant; null sends none (operators' calls, sign-in). */
  tenant?: string | null;
}

async function sendRequest(method: string, path: string, options: Options = {}, accept = "application/json") {
  const headers = new Headers({ Accept: accept, ...options.headers });
  if (options.tenant !== undefined) headers.set("X-Plantrace-Tenant", options.tenant ?? "");
  let body: BodyInit | undefined;
  if (options.body instanceof FormData) body = options.body;
  else if (options.body !== undefined) {
    headers.set("Content-Type", "application/json");
    body = JSON.stringify(options.body);
  }
  const url = new URL(withQuery(path, options.query), location.origin);
  return send(new Request(url, { method, headers, body, signal: options.signal }));
}

/** A JSON call: `await call<Site>("GET", "/api/v1/sites/p…")`. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await sendRequest(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>("GET", path, { query, signal });

export const bytes = async (path: string, query?: Query, signal?: AbortSignal): Promise<ArrayBuffer> =>
  (await sendRequest("GET", path, { query, signal }, "*/*")).arrayBuffer();

/** The typed client: `await unwrap(api.GET("/api/v1/sites"))`. */
export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  fetch: send,
  // Commas stand for themselves: `sensors=a,b`.
  querySerializer: (query) =>
    withQuery("", query as Query)
      .slice(1)
      .replaceAll("%2C", ","),
});

/** For calls outside any tenant, from any page. */
export const noTenant = { headers: { "X-Plantrace-Tenant": "" } };

/** The JSON of a response (some may also be CSV); if there is none, `send` has already thrown. */
export async function unwrap<T>(pending: Promise<{ data?: T }>): Promise<Exclude<T, string>> {
  return (await pending).data as Exclude<T, string>;
}

export interface Page<T> {
  results: T[];
  next: string | null;
}

type ResponseOf<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;
type ListPath = { [P in keyof paths]: ResponseOf<P> extends { results: unknown[] } ? P : never }[keyof paths];
type RowOf<P extends ListPath> = ResponseOf<P> extends { results: (infer Row)[] } ? Row : never;

/** A `next` of the server as an address of this origin, whatever host name the server uses. */
export function localUrl(url: string | null | undefined): string | null {
  if (!url) return null;
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}

/** One page of a list, by the list's path or the previous page's `next`. */
export const page = <P extends ListPath>(path: P, query: Query = {}, next?: string, signal?: AbortSignal) =>
  get<Page<RowOf<P>>>(localUrl(next) ?? path, next ? undefined : query, signal);

/** Every page of a list, following `next`. */
export async function all<P extends ListPath>(path: P, query: Query = {}, signal?: AbortSignal): Promise<RowOf<P>[]> {
  const found: RowOf<P>[] = [];
  let next: string | undefined;
  do {
    const { results, next: more } = await page(path, { limit: 1000, ...query }, next, signal);
    found.push(...results);
    next = more ?? undefined;
  } while (next);
  return found;
}

export { Problem };
