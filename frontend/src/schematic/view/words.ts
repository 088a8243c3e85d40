/** Labels are drawn 13 px high; on screen they are never smaller than that, and never larger than this. */
const LABEL_PX = 13;
const MAX_LABEL_PX = 15;

/** The scale of words at a zoom. */
export const wordScale = (zoom: number): number =>
  Math.max(Math.min(1, MAX_LABEL_PX / (LABEL_PX * zoom)), Math.min(1.35, 1 / zoom));
