/** Any component may open the search or the key list; the frame renders both. */
type Panel = "search" | "keys" | null;
let listener: ((panel: Panel) => void) | undefined;

export function onPanel(next: (panel: Panel) => void): () => void {
  listener = next;
  return () => {
    if (listener === next) listener = undefined;
  };
}

export const openSearch = () => listener?.("search");
export const openKeys = () => listener?.("keys");
export type { Panel };
