/** How a saved view's lines are drawn, from its options. */
export const readMode = (text: string | undefined): "auto" | "line" | "band" =>
  text === "line" || text === "band" ? text : "auto";
