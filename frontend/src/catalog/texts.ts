/** Every text of this folder, by the file that shows it. */
export const texts = {
  // SensorTree.tsx
  filterTags: "Filter tags…",
  filterTags2: "Filter tags",
  sensors: "Sensors",
  noTagMatches: (filter: string) => `No tag matches “${filter}”.`,
  siteNoSensors: "This site has no sensors.",
};
