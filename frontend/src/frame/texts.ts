/** Every text of this folder, by the file that shows it. */
export const texts = {
  // AccountMenu.tsx
  operator: "operator",
  plantZone: (zone: string | undefined) => (zone ? `Plant (${zone})` : "Plant"),
  utc: "UTC",
  light: "Light",
  dark: "Dark",
  system: "System",
  accountSettings: (name: string) => `${name}: account and settings`,
  accountApiTokens: "Account and API tokens",
  switchTenant: "Switch tenant",
  theme: "Theme",
  keyboardShortcuts: "Keyboard shortcuts",
  signOut: "Sign out",
  local: (mine: string) => `Local (${mine})`,
  timeZone: "Time zone",
  // health.tsx
  databaseDown: "sign-in and changes are not possible",
  redisDown: "new samples are rejected; devices buffer and resend them",
  documentsDown: "the catalog and schematics cannot be changed",
  schedulerDown: "scheduled jobs are delayed",
  workerDown: "imports and tenant changes are queued",
  writerDown: "new samples are queued and appear once it is up again",
  tenantDatabaseDown: "samples cannot be read; new ones are queued and appear once it is up again",
  tenantDatabasesDown: "samples of some tenants cannot be read",
  serverNotReachable: "Server not reachable",
  unknownPartDown: "some functions may not be available",
  staleValues: "The values shown may be out of date. Retrying every 5 s.",
  // TimeBadge.tsx
  noConnection: "NO CONNECTION",
  live: "LIVE",
  history: "HISTORY",
  ago: (age: string) => ` · ${age} ago`,
  inFuture: " · in the future",
  backToLive: "Back to live",
  // Bar.tsx
  home: "Home",
  plant: "Plant",
  trends: "Trends",
  data: "Data",
  people: "People",
  auditTrail: "Audit trail",
  productHome: "Plantrace home",
  searchLabel: "Search tags, assets, views, commands",
  search: "Search…",
  operatorsConsole: "Plantrace operators",
  product: "Plantrace",
  site: (name: string) => `Site: ${name}`,
  // Rail.tsx
  tenants: "Tenants",
  main: "Main",
  // View.tsx
  pageTitle: (title: string) => `${title} · Plantrace`,
  // Inspector.tsx
  details: "Details",
  closeDetails: "Close details",
  closeEsc: "Close (Esc)",
  down: (parts: string[]) => `${parts.join(", ")} ${parts.length > 1 || parts[0]?.endsWith("s") ? "are" : "is"} down`,
  downEffects: (effects: string) => `Until it has restarted, ${effects}. This page recovers automatically.`,
  // app.tsx
  tenantNotFound: "Tenant not found",
  tenantNotFoundDetail:
    "It does not exist, or you are not a member of it. Ask an administrator of the tenant for an invitation.",
  // LinkNotice.tsx
  unreadableMoment: (text: string) => `“${text.slice(0, 40)}” in the link is not a time. Showing live values instead.`,
  unknownSite: (slug: string, shown: string) => `There is no site “${slug}”. Showing ${shown} instead.`,
};
