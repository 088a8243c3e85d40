import { useLayoutEffect, useState } from "react";
import type { RefObject } from "react";

/** The visible ones of `count` rows of equal height, so that 5,000 rows cost as much as 30. */
export function useWindow(scroller: RefObject<HTMLElement | null>, count: number, row: number, extra = 8) {
  const [place, setPlace] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = () =>
      setPlace((old) =>
        old.top === element.scrollTop && old.height === element.clientHeight
          ? old
          : { top: element.scrollTop, height: element.clientHeight },
      );
    read();
    element.addEventListener("scroll", read, { passive: true });
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", read);
      observer.disconnect();
    };
  }, [scroller]);
  const first = Math.max(0, Math.floor(place.top / row) - extra);
  const last = Math.min(count, Math.ceil((place.top + place.height) / row) + extra);
  return { first, last };
}
