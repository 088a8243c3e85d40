import type { RefObject } from "react";
import { useEffect } from "react";

/** What the plot on the screen writes as CSV; null while the trend itself is shown. */
export type Exported = RefObject<(() => string) | null>;

export function useExport(exportedRef: Exported, write: () => string): void {
  useEffect(() => {
    exportedRef.current = write;
    return () => {
      exportedRef.current = null;
    };
  });
}
