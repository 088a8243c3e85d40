/** Every text of this folder, by the file that shows it. */
export const texts = {
  // SensorTree.tsx
  filterPlaceholder: "Filter tags…",
  filterLabel: "Filter tags",
  sensors: "Sensors",
  noMatch: (filter: string) => `No tag matches “${filter}”.`,
  noSensors: "This site has no sensors.",
  // tree.ts
  withoutAsset: "Without an asset",
  calculated: "Calculated series",
};
