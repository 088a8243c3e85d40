import type { RefObject } from "react";
import { useEffect, useRef } from "react";

/** For a row that is wider than a phone: what `selector` finds in it is scrolled into view when `current` changes. */
export function useCurrentInView<T extends HTMLElement>(selector: string, current: string | null): RefObject<T | null> {
  const row = useRef<T>(null);
  useEffect(() => {
    const found = row.current?.querySelector<HTMLElement>(selector);
    if (found) row.current!.scrollLeft = found.offsetLeft - row.current!.offsetLeft - 40;
  }, [selector, current]);
  return row;
}
