/** Every text of this folder, by the file that shows it. */
export const texts = {
  // EditSensor.tsx
  edit: "Edit",
  editSensor: (tag: string) => `Edit ${tag}`,
  // SensorForm.tsx
  title: (tag: string) => `Edit sensor ${tag}`,
  save: "Save",
  // SensorFields.tsx
  tag: "Tag",
  name: "Name",
  description: "Description",
  asset: "Asset",
  noAsset: "None",
  kind: "Kind",
  kinds: { continuous: "Continuous", discrete: "Discrete", counter: "Counter", text: "Text" },
  unit: "Unit",
  storedAs: (unit: string) => `Samples are stored in ${unit} and shown converted.`,
  range: "Range",
  rangeLow: "Range from",
  rangeHigh: "Range to",
  states: "States",
  statesHint: "One per line, for example 0 = Stopped",
  sampling: "Sampling",
  samplings: { periodic: "Periodic", on_change: "On change" },
  interval: "Interval (s)",
  rollover: "Rolls over at",
  rolloverHint: "Empty: never",
  tolerance: "Tolerance",
  toleranceHint: "A smaller decrease is noise",
  trustedShort: "Trusted",
  trusted: "Trusted (clear for an instrument known to be wrong)",
  // draft.ts
  notANumber: "Enter a number.",
  bothEnds: "Enter both ends of the range, or neither.",
  lowBelowHigh: "The end must be above the start.",
  badState: (line: string) => `“${line}” is not a state such as 0 = Stopped.`,
  // HistoryChoice.tsx
  hasSamples: (tag: string, unit: string) =>
    unit
      ? `${tag} has samples in ${unit}. What should happen to them?`
      : `${tag} has samples. What should happen to them?`,
  convert: (unit: string) => `Convert to ${unit}`,
  convertHint: (from: string, to: string) =>
    `The samples are in ${from}. From now on all of them are shown in ${to}, with range and limits converted unless you changed them, and new samples must be sent in ${to}.`,
  relabel: (unit: string) => (unit ? `Relabel as ${unit}` : "Remove the unit"),
  relabelHint: (unit: string) =>
    `The values have been in ${unit || "no unit"} all along; only the label was wrong. No value changes.`,
  notConvertible: (from: string, to: string) =>
    `Values in ${from || "no unit"} cannot be converted to ${to || "no unit"}. To measure something else, create a sensor with another tag.`,
  cancel: "Cancel",
  // RevisionConflict.tsx
  conflict: (tag: string) => `Somebody else changed ${tag} while you were editing:`,
  changedTo: (field: string, before: string, after: string) => `${field}: ${before} → ${after}`,
  empty: "empty",
  yes: "yes",
  no: "no",
  overlap: (fields: string) => `Your changes of ${fields} would replace theirs.`,
  applyMine: "Apply my changes",
  discardMine: "Discard my changes",
};
