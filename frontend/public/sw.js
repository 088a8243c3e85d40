// Shows alarms that are pushed to this browser, also while no page is open. It answers no requests of pages and keeps
// nothing; a click opens the alarm's page and does nothing else.

/** The page of an alarm: an address of this installation, whatever a message says. */
function pageOf(url) {
  try {
    const target = new URL(url, self.location.origin);
    if (target.origin === self.location.origin && target.pathname.startsWith("/t/")) return target.href;
  } catch {
    // not an address
  }
  return `${self.location.origin}/`;
}

const textOf = (value, maximum) => (typeof value === "string" ? value.slice(0, maximum) : "");

function messageOf(data) {
  try {
    const message = data?.json();
    return typeof message === "object" && message !== null ? message : {};
  } catch {
    return {};
  }
}

async function show(message) {
  const tag = textOf(message.tag, 200); // one notification for each alarm: a repetition replaces it
  await self.registration.showNotification(textOf(message.title, 200) || "Plantrace", {
    body: textOf(message.body, 1_000),
    icon: new URL("mark.svg", self.location.href).href,
    data: { url: pageOf(message.url) },
    ...(tag && { tag, renotify: true }),
  });
}

async function open(url) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((each) => each.url === url);
  await (shown ? shown.focus() : self.clients.openWindow(url));
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", (event) => event.waitUntil(show(messageOf(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(pageOf(event.notification.data?.url)));
});
