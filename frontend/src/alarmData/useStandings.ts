import { useEffect, useState } from "react";
import { momentNow, onMoment, useMomentOf } from "../moment";
import { PAGE } from "./api";
import { useAlarms } from "./data";
import { standingAt, standingOfList } from "./occurrences";
import type { Occurrence } from "./occurrences";
import { Standings } from "./standings";

/**
 * Follows the moment: now from the list, in the past from the occurrences of the span around it, so that nothing has to
 * be read while a playhead is dragged.
 */
export function useStandings(site: string | undefined, occurrences: readonly Occurrence[]): Standings {
  const [standings] = useState(() => new Standings());
  const live = useMomentOf((at) => at === null);
  const list = useAlarms({ site, view: "active", limit: PAGE }, live && site !== undefined).data;
  useEffect(() => {
    if (live && list) standings.set(standingOfList(list.alarms));
  }, [standings, live, list]);
  useEffect(() => {
    if (live) return;
    let request = 0;
    const follow = () => {
      request = 0;
      const at = momentNow();
      if (at !== null) standings.set(standingAt(occurrences, at));
    };
    const soon = () => {
      request ||= requestAnimationFrame(follow);
    };
    follow();
    const end = onMoment(soon);
    return () => {
      end();
      cancelAnimationFrame(request);
    };
  }, [standings, live, occurrences]);
  return standings;
}
