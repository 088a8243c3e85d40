/** Every text of this folder, by the file that shows it. */
export const texts = {
  // DeleteSamples.tsx
  deleteSamples: "Delete samples",
  deletesAllSamplesRollups:
    "Deletes all samples and rollups of a site. Sensors, assets and schematics are kept, and new samples are stored as before.",
  allSamplesBeenDeleted: (name: string) => `All samples of ${name} have been deleted.`,
  deleteAllSamplesSite: "Delete all samples of a site…",
  deleteAllSamplesSite2: "Delete all samples of a site",
  site: "Site",
  allSamplesLiveHistorical: (name: string) =>
    `All samples of ${name}, live and historical, will be deleted permanently. This cannot be undone.`,
  typeConfirm: (slug: string) => `Type ${slug} to confirm`,
  deleteLabel: "Delete",
  // days.ts
  exampleDYDays: (minDays: number, maxYears: number) => `For example 400d or 3y; ${minDays} days to ${maxYears} years`,
  forever: "forever",
  years: (days: number) => `${days} years`,
  days: (days: string) => `${days} days`,
  ifSamplesKeptForever: "If samples are kept forever, rollups must be too.",
  rollupsMustKeptLeast: "Rollups must be kept at least as long as samples.",
  // RetentionForm.tsx
  allSites: "all sites",
  sameAllSitesSamples: (rawDays: string, ladderDays: string) =>
    `Same as all sites: samples ${rawDays}, rollups ${ladderDays}`,
  keepSamples: "Keep samples for",
  keepRollups: "Keep rollups for",
  apply: "Apply",
  save: "Save",
  nextDailyRun: "With the next daily run,",
  samplesBefore: (samples: string) => `samples before ${samples}`,
  rollupsBefore: (rollups: string) => `rollups before ${rollups}`,
  deletedPermanently: "are deleted permanently",
  everySiteWithoutOwn: ", at every site without its own setting",
  youCanUndoUntil: ". You can undo this until then.",
  // Retention.tsx
  retention: "Retention",
  olderDataDeletedOnce:
    "Older data is deleted once a day. Rollups may be kept longer than samples; long ranges remain available with all extremes.",
  onlyAdministratorsCanChange: "Only administrators can change the retention.",
  savedTakesEffectNext: (sites: string) =>
    `Saved for ${sites}. Takes effect with the next daily run; nothing is deleted before.`,
  undo: "Undo",
  applies: "Applies to",
  samples: "Samples",
  rollups: "Rollups",
  showingFirst: "Showing the first",
  ofLabel: "of",
  sitesChangeOthers: "sites; change the others with",
  allSites2: "All sites",
  samplesBeforeBeenDeleted: (rawFrom: string) => `samples before ${rawFrom} have been deleted`,
  sameAllSites: ", same as all sites",
  changeRetention: (name: string) => `Change retention of ${name}`,
  change: "Change…",
  // Rollups.tsx
  trendsOverLongRanges:
    "Trends over long ranges use rollups of one minute to two days, which keep the minimum and maximum of each bucket. They are built automatically from live and imported samples.",
  sensorsRollups: "Sensors with rollups",
  ofOf: (ladders: string, sensors: string) => `${ladders} of ${sensors}`,
  pendingNewLateSamples: "With pending new or late samples",
  pendingHistoricalData: "With pending historical data",
  sensorNoRollupsUntil:
    "A sensor has no rollups until its sampling interval is known, or if it reports less than twice a day; its raw samples are read then.",
  building: "Building",
  upDate: "Up to date",
  processingLatestSamples: "Processing the latest samples",
  numberDaysBuildNot: "The number of days to build is not known yet.",
  sensorDaysRemaining: (left: string) => `${left} sensor-days remaining`,
  aboutCurrentRate: (rest: string) => `, about ${rest} at the current rate`,
  untilThenLongRanges: ". Until then long ranges use the available rollups and are marked incomplete.",
  sincePageWasOpened: "Since this page was opened",
};
