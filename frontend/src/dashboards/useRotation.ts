import { useEffect } from "react";

/** The one after `id`; the first if `id` is none of them (any more). Null: there is no other. */
export function nextOf(turn: readonly { id: string }[], id: string | undefined): string | null {
  const index = turn.findIndex((each) => each.id === id);
  const next = turn[(index + 1) % turn.length]?.id;
  return next === undefined || next === id ? null : next;
}

/** Shows dashboards in turn, also after one that cannot be shown. `seconds`: how long each; null: the first one stays. */
export function useRotation(
  turn: readonly { id: string }[],
  id: string | undefined,
  seconds: number | null,
  show: (id: string) => void,
): void {
  const next = nextOf(turn, id);
  useEffect(() => {
    if (next === null || seconds === null) return;
    const timer = setTimeout(() => show(next), seconds * 1000);
    return () => clearTimeout(timer);
  }, [next, seconds, show, id]);
}
