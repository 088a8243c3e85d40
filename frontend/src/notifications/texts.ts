/** Every text of this folder. */
export const texts = {
  push: "Notify me in this browser",
  pushHint: "Alarms that a route sends to your browsers appear here, also while no page is open.",
  unsupported: "This browser cannot show notifications while no page is open.",
  insecure: "Browsers allow notifications over HTTPS only.",
  noKey: "Browser notifications are not set up in this installation.",
  denied: "Notifications are blocked for this address: allow them in the browser's settings.",
  failed: "This browser could not be registered for notifications: its push service did not answer.",
  others: "Your other browsers",
  added: "added",
  remove: (name: string) => `Remove ${name}`,
  removeShort: "Remove",
};
