import { useEffect } from "react";
import { parseInstant, parseMomentText } from "../format";
import { useLocationProperty } from "wouter/use-browser-location";
import { useSites } from "../tenant";
import { useParams } from "./url";
import { useZone } from "./zone";

const TIMES = ["start", "end"];

/** The `at=` of the address where it is not an instant. */
const useTextualMoment = (): string | null =>
  useLocationProperty(() => {
    const at = new URLSearchParams(location.search).get("at");
    return parseInstant(at) === null ? at : null;
  });

/**
 * Whether all times of the address are instants. A local time (`at=2026-03-08T05:00`) is read in the page's time zone
 * (the plant's unless `tz=` names another), as soon as the site is known, and replaced; anything else is left unchanged.
 */
export function useInstants(): boolean {
  const [params, change] = useParams();
  const zone = useZone().name;
  const sites = useSites();
  const at = useTextualMoment();
  const times = TIMES.map((name): [string, string | null] => [name, params.get(name)]);
  const others = [["at", at] as const, ...times].flatMap(([name, text]) =>
    text !== null && parseInstant(text) === null ? [{ name, text }] : [],
  );
  const texts = others.filter(({ text }) => isReadable(text, zone));
  const readable = sites.isSuccess && texts.length > 0;
  useEffect(() => {
    if (!readable) return;
    const found = texts.map(({ name, text }) => [name, parseMomentText(text, zone, Date.now())]);
    change(Object.fromEntries(found) as Record<string, number | null>, { replace: true });
  });
  return others.length === 0 || sites.isError || (sites.isSuccess && texts.length === 0);
}

/** The `at=` of the address if it is not a time; live values are shown instead. */
export function useUnreadableMoment(): string | null {
  const zone = useZone().name;
  const at = useTextualMoment();
  return at === null || isReadable(at, zone) ? null : at;
}

const SOME_TIME = Date.UTC(2026, 0, 1);

function isReadable(text: string, zone: string): boolean {
  return parseMomentText(text, zone, SOME_TIME) !== null;
}
