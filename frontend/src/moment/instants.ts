import { useEffect } from "react";
import { parseInstant, parseMomentText } from "../format";
import { useSites } from "../tenant";
import { useParams } from "./url";
import { useZone } from "./zone";

const TIMES = ["at", "start", "end"];

/**
 * Whether all times of the address are instants. A local time (`at=2026-03-08T05:00`) is read in the page's time zone
 * (the plant's unless `tz=` names another), as soon as the site is known, and replaced; anything else is left unchanged.
 */
export function useInstants(): boolean {
  const [params, change] = useParams();
  const zone = useZone().name;
  const sites = useSites();
  const others = TIMES.filter((name) => params.has(name) && parseInstant(params.get(name)) === null);
  const texts = others.filter((name) => isReadable(params.get(name)!, zone));
  const readable = sites.isSuccess && texts.length > 0;
  useEffect(() => {
    if (!readable) return;
    const found = texts.map((name) => [name, parseMomentText(params.get(name)!, zone, Date.now())]);
    change(Object.fromEntries(found) as Record<string, number | null>, { replace: true });
  });
  return others.length === 0 || sites.isError || (sites.isSuccess && texts.length === 0);
}

/** The `at=` of the address if it is not a time; live values are shown instead. */
export function useUnreadableMoment(): string | null {
  const [params] = useParams();
  const zone = useZone().name;
  const at = params.get("at");
  return at === null || parseInstant(at) !== null || isReadable(at, zone) ? null : at;
}

const SOME_TIME = Date.UTC(2026, 0, 1);

function isReadable(text: string, zone: string): boolean {
  return parseMomentText(text, zone, SOME_TIME) !== null;
}
