import { useEffect, useRef } from "react";
import { typing } from "../../search/useKeys";

export interface TimeActions {
  play: () => void;
  step: (way: 1 | -1) => void;
  event: (way: 1 | -1) => void;
  goTo: () => void;
}

/** Space, arrows, G. L, / and ? belong to every page and live in the frame. */
export function useTimeKeys(actions: TimeActions): void {
  const current = useRef(actions);
  current.current = actions;
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { play, step, event: jump, goTo } = current.current;
      const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (way !== 0) (event.shiftKey ? jump : step)(way);
      else if (event.key === " " && !onButton(event)) play();
      else if (event.key.toLowerCase() === "g") goTo();
      else return;
      event.preventDefault();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/** Space presses the button that has the focus. */
const onButton = (event: KeyboardEvent) =>
  (event.target as HTMLElement | null)?.closest("button, a, [role=radio]") != null;
