/** Every text of this folder, by the file that shows it. */
export const texts = {
  // DeleteSamples.tsx
  deleteSamples: "Delete samples",
  deleteSamplesIntro:
    "Deletes all samples and rollups of a site. Sensors, assets and schematics are kept, and new samples are stored as before.",
  samplesDeleted: (name: string) => `All samples of ${name} have been deleted.`,
  deleteSiteSamplesButton: "Delete all samples of a site…",
  deleteSiteSamples: "Delete all samples of a site",
  site: "Site",
  deleteWarning: (name: string) =>
    `All samples of ${name}, live and historical, will be deleted permanently. This cannot be undone.`,
  typeConfirm: (slug: string) => `Type ${slug} to confirm`,
  delete: "Delete",
  // days.ts
  oneYear: "1 year",
  daysExample: (minDays: number, maxYears: number) => `For example 400d or 3y; ${minDays} days to ${maxYears} years`,
  forever: "forever",
  years: (days: number) => `${days} years`,
  days: (days: string) => `${days} days`,
  rollupsForeverToo: "If samples are kept forever, rollups must be too.",
  rollupsAtLeast: "Rollups must be kept at least as long as samples.",
  // RetentionForm.tsx
  title: (site: string) => `Retention of ${site}`,
  loss: (what: string, everySite: boolean) =>
    `With the next daily run, ${what} are deleted permanently${everySite ? ", at every site without its own setting" : ""}. You can undo this until then.`,
  and: " and ",
  allSites: "all sites",
  sameAsAllSitesDetail: (rawDays: string, ladderDays: string) =>
    `Same as all sites: samples ${rawDays}, rollups ${ladderDays}`,
  keepSamples: "Keep samples for",
  keepRollups: "Keep rollups for",
  apply: "Apply",
  save: "Save",
  samplesBefore: (samples: string) => `samples before ${samples}`,
  rollupsBefore: (rollups: string) => `rollups before ${rollups}`,
  // Retention.tsx
  firstSites: (shown: number, total: number) => `Showing the first ${shown} of ${total} sites; change the others with`,
  retention: "Retention",
  retentionIntro:
    "Older data is deleted once a day. Rollups may be kept longer than samples; long ranges remain available with all extremes.",
  adminsOnly: "Only administrators can change the retention.",
  saved: (sites: string) => `Saved for ${sites}. Takes effect with the next daily run; nothing is deleted before.`,
  undo: "Undo",
  appliesTo: "Applies to",
  samples: "Samples",
  rollups: "Rollups",
  allSitesRow: "All sites",
  samplesDeletedBefore: (rawFrom: string) => `samples before ${rawFrom} have been deleted`,
  sameAsAllSites: ", same as all sites",
  changeRetention: (name: string) => `Change retention of ${name}`,
  change: "Change…",
  // Rollups.tsx
  none: "none",
  sensorCount: (count: string, one: boolean) => `${count} ${one ? "sensor" : "sensors"}`,
  rollupsIntro:
    "Trends over long ranges use rollups of one minute to two days, which keep the minimum and maximum of each bucket. They are built automatically from live and imported samples.",
  withRollups: "Sensors with rollups",
  someOf: (ladders: string, sensors: string) => `${ladders} of ${sensors}`,
  pendingLate: "With pending new or late samples",
  pendingHistory: "With pending historical data",
  withoutRollups:
    "A sensor has no rollups until its sampling interval is known, or if it reports less than twice a day; its raw samples are read then.",
  building: "Building",
  upToDate: "Up to date",
  processing: "Processing the latest samples",
  remainingUnknown: "The number of days to build is not known yet.",
  remaining: (left: string) => `${left} sensor-days remaining`,
  remainingTime: (rest: string) => `, about ${rest} at the current rate`,
  untilThen: ". Until then long ranges use the available rollups and are marked incomplete.",
  progressSince: "Since this page was opened",
};
