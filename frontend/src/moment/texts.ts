/** Every text of this folder, by the file that shows it. */
export const texts = {
  // zone.ts
  plant: "plant time",
  mine: "local time",
  utc: "UTC",
};
