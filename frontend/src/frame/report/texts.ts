/** Every text of this folder, by the file that shows it. */
export const texts = {
  report: "Report",
  save: "Print or save as PDF",
  back: "Back",
  hint: "Choose “Save as PDF” as the printer for a file.",
  zone: (zone: string, offset: string) => (zone === offset ? `in ${zone}` : `in ${zone} (${offset})`),
  made: (who: string, when: string) => `Made with Plantrace by ${who}, ${when}`,
};
