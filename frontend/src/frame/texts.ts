/** Every text of this folder, by the file that shows it. */
export const texts = {
  // MeMenu.tsx
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
  signChangesNotPossible: "sign-in and changes are not possible",
  newSamplesRejectedDevices: "new samples are rejected; devices buffer and resend them",
  catalogSchematicsCannotChanged: "the catalog and schematics cannot be changed",
  scheduledJobsDelayed: "scheduled jobs are delayed",
  importsTenantChangesQueued: "imports and tenant changes are queued",
  newSamplesQueuedAppear: "new samples are queued and appear once it is up again",
  samplesCannotReadNew: "samples cannot be read; new ones are queued and appear once it is up again",
  samplesSomeTenantsCannot: "samples of some tenants cannot be read",
  serverNotReachable: "Server not reachable",
  someFunctionsMayNot: "some functions may not be available",
  valuesShownMayOut: "The values shown may be out of date. Retrying every 5 s.",
  // TimeBadge.tsx
  noConnection: "NO CONNECTION",
  live: "LIVE",
  history: "HISTORY",
  ago: (age: string) => ` · ${age} ago`,
  future: " · in the future",
  backLive: "Back to live",
  // Bar.tsx
  home: "Home",
  plant: "Plant",
  trends: "Trends",
  data: "Data",
  people: "People",
  auditTrail: "Audit trail",
  plantraceHome: "Plantrace home",
  searchTagsAssetsViews: "Search tags, assets, views, commands",
  search: "Search…",
  plantraceOperators: "Plantrace operators",
  plantrace: "Plantrace",
  site: (name: string) => `Site: ${name}`,
  // Rail.tsx
  main: "Main",
  // View.tsx
  plantraceOf: (title: string) => `${title} · Plantrace`,
  // Inspector.tsx
  details: "Details",
  closeDetails: "Close details",
  closeEsc: "Close (Esc)",
  down: (parts: string[]) => `${parts.join(", ")} ${parts.length > 1 || parts[0]?.endsWith("s") ? "are" : "is"} down`,
  untilRestartedPageRecovers: (effects: string) =>
    `Until it has restarted, ${effects}. This page recovers automatically.`,
};
