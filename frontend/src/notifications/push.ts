/** What the browser does for push: permission, the service worker, its subscription. */

export type Support = "supported" | "insecure" | "unsupported";

export interface BrowserSubscription {
  endpoint: string;
  p256dh: string;
  auth: string;
}

const WORKER = `${import.meta.env.BASE_URL}sw.js`;

export function supportOf(): Support {
  if (!window.isSecureContext) return "insecure";
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window
    ? "supported"
    : "unsupported";
}

const registered = () => navigator.serviceWorker.getRegistration(WORKER);

function described(subscription: PushSubscription): BrowserSubscription {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint: endpoint ?? subscription.endpoint, p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" };
}

/** This browser's subscription; null without one. */
export async function presentSubscription(): Promise<BrowserSubscription | null> {
  if (supportOf() !== "supported") return null;
  const subscription = await (await registered())?.pushManager.getSubscription();
  return subscription ? described(subscription) : null;
}

/** Asks the person for permission, and the browser's push service for an address. `key`: the installation's, base64url. */
export async function subscribe(key: string): Promise<BrowserSubscription | "denied"> {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const { pushManager } = await ready(await navigator.serviceWorker.register(WORKER));
  const before = await pushManager.getSubscription();
  if (before && keyOf(before) !== key) await before.unsubscribe(); // made with a key that the installation had before
  return described(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
}

/** Subscribing needs an active worker. */
async function ready(registration: ServiceWorkerRegistration): Promise<ServiceWorkerRegistration> {
  const worker = registration.installing ?? registration.waiting;
  if (!registration.active && worker)
    await new Promise<void>((resolve) => {
      worker.addEventListener("statechange", () => worker.state === "activated" && resolve());
      if (worker.state === "activated") resolve();
    });
  return registration;
}

function keyOf(subscription: PushSubscription): string {
  const key = subscription.options.applicationServerKey;
  return key ? base64url(new Uint8Array(key)) : "";
}

export const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

/** How the server names a subscription's address, which is a secret: its SHA-256 in hex. */
export async function digestOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bChrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "Mac"],
  [/\bLinux\b/, "Linux"],
];
const first = (list: [RegExp, string][], text: string) => list.find(([pattern]) => pattern.test(text))?.[1];

/** "Chrome on Windows", so that people know their browsers apart. */
export function browserName(agent: string): string {
  const names = [first(BROWSERS, agent), first(SYSTEMS, agent)].filter((each) => each !== undefined);
  return names.join(" on ") || "Browser";
}
