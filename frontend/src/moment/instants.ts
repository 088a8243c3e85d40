import { useEffect } from "react";
import { parseInstant, parseMomentText } from "../format";
import { useSites } from "../tenant";
import { useParams } from "./url";
import { useZone } from "./zone";

const TIMES = ["at", "start", "end"];

/**
 * Whether all times of the address are instants. One on a clock (`at=2026-03-08T05:00`) is read on the page's, the
 * plant's unless `tz=` says otherwise, as soon as the site is known, and replaced; one that is no time is removed.
 */
export function useInstants(): boolean {
  const [params, change] = useParams();
  const zone = useZone().name;
  const sites = useSites();
  const others = TIMES.filter((name) => params.has(name) && parseInstant(params.get(name)) === null);
  const readable = sites.isSuccess && others.length > 0;
  useEffect(() => {
    if (!readable) return;
    const found = others.map((name) => [name, parseMomentText(params.get(name)!, zone, Date.now())]);
    change(Object.fromEntries(found) as Record<string, number | null>, { replace: true });
  });
  return others.length === 0 || sites.isError;
}
