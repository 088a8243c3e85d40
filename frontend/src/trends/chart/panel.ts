import type uPlot from "uplot";

/** One plot of the view with its title, for images. */
export interface Panel {
  title: string;
  plot: uPlot;
}
