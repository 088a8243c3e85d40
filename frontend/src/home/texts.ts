/** Every text of this folder, by the file that shows it. */
export const texts = {
  // findings.ts
  noData: (age: string) => `No data for ${age}`,
  lastValue: (v: string) => `last value ${v}`,
  badQuality: "Bad quality",
  badQualityDetail: (name: string, v: string) => `${name} ${v} has bad quality from its source`,
  // Equipment.tsx
  overOneDay: "over 1 d",
  equipment: "Equipment",
  runningCount: (running: number, machinesCount: number) => `${running} of ${machinesCount} running or open`,
  asset: "Asset",
  state: "State",
  duration: "Duration",
  openInTrends: "Open in trends",
  old: (age: string) => `${age} old`,
  // Incoming.tsx
  ago: (age: string) => `${age} ago`,
  before: (age: string) => `${age} before`,
  incomingData: "Incoming data",
  open: "Open",
  liveValues: "Live values",
  valuesAtTime: "Values at this time",
  reporting: (reporting: string, total: string) => `${reporting} of ${total} sensors`,
  noneYet: "none yet",
  samples: (samples: string) => `${samples} samples`,
  // KeyValue.tsx
  openSensorInTrends: (tag: string) => `${tag}: open in trends`,
  noDataYet: "no data yet",
  increase24h: (increase: string) => `+${increase} in 24 h`,
  value24hAgo: (value: string) => `24 h ago ${value}`,
  // RecentChanges.tsx
  created: "added",
  updated: "changed",
  deleted: "removed",
  invited: "invited",
  bulkChanged: "bulk-changed",
  recentChanges: "Recent changes",
  showAll: "Show all",
  system: "System",
  // WhatNeedsYou.tsx
  whatNeedsYou: "What needs you",
  alarmCounts: (active: number, unacknowledged: number) =>
    `${active} ${active === 1 ? "alarm" : "alarms"} · ${unacknowledged} new`,
  isNew: "New",
  seeIt: "See it",
  seeAlarm: (name: string) => `See it: ${name}`,
  // WorkDue.tsx
  work: "Work",
  overdueCount: (count: number) => `${count} overdue`,
  myCount: (count: number) => `${count} of mine`,
  // NeedsAttention.tsx
  abnormal: "Abnormal values",
  noneReported: (total: string) => `None of the ${total} sensors has reported yet.`,
  someReporting: (silent: string, total: string) => `${silent} of ${total} sensors are reporting`,
  allReporting: (total: string) => `All ${total} sensors are reporting`,
  neverReported: (silent: string) => ` ${silent} have never reported.`,
  allClear: (who: string, rest: string) => `None. ${who}, no equipment in fault, no value out of range.${rest}`,
  needsAttention: "Needs attention",
  needsCount: (needsCount: number, total: number) => `${needsCount} of ${total} sensors`,
  since: (t: string) => `since ${t}`,
  showTrend: "Show trend",
  more: (rest: number) => `and ${rest} more`,
  // FirstSteps.tsx
  /** Steps that contain a link and a code sample: the text before, on and after them. */
  addSensors: { before: "Add sites and sensors under", link: "Data", after: ", or in bulk with" },
  loadHistory: { before: "Load historical data:", link: "import history", after: "from files." },
  connect: {
    before: "Connect live data: create an API token with the scope “Send samples” under",
    link: "Account",
    after: ", then send line protocol from a device or Telegraf to",
  },
  noDataYetTitle: (name: string) => `${name} is set up and has no data yet`,
  siteWithoutSensors: (name: string) => `${name} has no sensors.`,
  noSites: "There are no sites.",
  noSensorsViewer: "No sensors have been added yet. Engineers of this tenant can add them.",
  // index.tsx
  homeOf: (site: string) => `Home · ${site}`,
  home: "Home",
  plantDataUnavailable: "Plant data not available",
  belowRange: (limit: string) => `out of range, below ${limit}`,
  aboveRange: (limit: string) => `out of range, above ${limit}`,
};
