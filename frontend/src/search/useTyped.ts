import { useEffect, useState } from "react";
import type { Dispatch, SetStateAction } from "react";

/** The text of the search. While it is `open`, but not loaded or without the focus, what is typed is text, not keys of the page. */
export function useTyped(open: boolean, close: () => void): [string, Dispatch<SetStateAction<string>>] {
  const [text, setText] = useState("");
  useEffect(() => {
    if (!open) return;
    const take = (event: KeyboardEvent) => {
      const { key, target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || (target as Partial<Element>).closest?.("[role=dialog]"))
        return;
      if (key.length === 1) setText((old) => old + key);
      else if (key === "Backspace") setText((old) => old.slice(0, -1));
      else if (key === "Escape") close();
      else if (key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("keydown", take, true);
    return () => window.removeEventListener("keydown", take, true);
  }, [open, close]);
  return [text, setText];
}
