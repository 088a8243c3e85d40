/** Every text of this folder, by the file that shows it. */
export const texts = {
  // TrendSection.tsx
  source: (samples: string, from: string) => `${samples} samples, ${from}.`,
  bad: (count: string) => `${count} of bad quality are left out.`,
  late: "Late samples were still being processed.",
  notes: "Notes",
  notDrawn: (what: string) => `Not drawn here: ${what}.`,
  notComputed: (tag: string, why: string) => `${tag} cannot be computed: ${why}`,
  // options.ts
  plots: { xy: "the XY plot", histogram: "the histogram", duration: "the duration curve" },
  layouts: { sensor: "a lane for each sensor", shared: "one lane for all" },
  comparison: (name: string) => `the comparison with the range ${name}`,
  time: "Time",
  until: "Until",
  note: "Note",
  author: "By",
  sensor: "Sensor",
  name: "Name",
  unit: "Unit",
  min: "Min",
  mean: "Mean",
  max: "Max",
  last: "Last, or increase",
  samples: "Samples",
  // ../Kept.tsx
  report: "Report",
  reportHint: "Pages to print or save as PDF, with charts as vectors and a table of figures",
  // VectorChart.tsx
  logarithmic: "logarithmic",
  logHidden: "logarithmic: values of zero and below are not shown",
  offset: (base: string) => `offset ${base}`,
  // TrendTile.tsx
  noSamples: "No samples in this range",
  notComputable: "Cannot be computed",
  trendOf: (tags: string) => `Trend of ${tags}`,
  // Report.tsx
  trend: "Trend",
  noSensors: "No sensors selected",
};
