import { useEffect, useState } from "react";
import type { SiteCatalog } from "../../catalog";
import { namedSensors } from "./tags";

/** What was pasted onto the page, outside of text fields, if it names a sensor; null while there is nothing to ask. */
export function usePastedTags(catalog: SiteCatalog): [string | null, (text: string | null) => void] {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (target?.closest?.("input, textarea, select, [contenteditable], [role=dialog]")) return;
      const pasted = event.clipboardData?.getData("text/plain") ?? "";
      if (namedSensors(pasted, catalog).found.length > 0) setText(pasted);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [catalog]);
  return [text, setText];
}
