/** The texts of Kept.tsx. */
export const texts = {
  report: "Report",
  reportHint: "Pages to print or save as PDF, with charts as vectors and a table of figures",
};
