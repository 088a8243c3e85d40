/** Every text of this folder, by the file that shows it. */
export const texts = {
  // KeyList.tsx
  keyboardShortcuts: "Keyboard shortcuts",
  // Search.tsx
  label: "Search tags, assets, views, commands",
  placeholder: "Search tags, assets, views, commands…",
  noResults: (text: string) => `No results for “${text}”.`,
  kinds: { view: "view", site: "site", sensor: "sensor", asset: "asset", command: "command" },
  // hits.ts
  home: "Home",
  plant: "Plant",
  trends: "Trends",
  totals: "Totals per hour, day, week, month",
  calculated: "Calculated series",
  runs: "Runs",
  data: "Data",
  people: "People",
  auditTrail: "Audit trail",
  tenants: "Tenants",
  releases: "Releases",
  backToLive: "Back to live",
  lightTheme: "Light theme",
  darkTheme: "Dark theme",
  systemTheme: "System theme",
  timesPlant: "Show times in plant time",
  timesLocal: "Show times in local time",
  timesUtc: "Show times in UTC",
  account: "Account and API tokens",
  signOut: "Sign out",
};
