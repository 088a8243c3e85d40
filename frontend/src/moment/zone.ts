import { useSite } from "../tenant";
import { texts } from "./texts";
import { useParam } from "./url";

export type ZoneChoice = "plant" | "mine" | "utc";

export interface Zone {
  choice: ZoneChoice;
  /** IANA name. */
  name: string;
  /** "plant time", "local time" or "UTC". */
  label: string;
  set: (choice: ZoneChoice) => void;
}

/** The time zone of the page: the plant's unless `tz=` names another. */
export function useZone(): Zone {
  const site = useSite();
  const [text, setText] = useParam("tz");
  const choice: ZoneChoice = text === "mine" || text === "utc" ? text : "plant";
  const name = choice === "utc" ? "UTC" : choice === "mine" ? mine() : (site?.timezone ?? "UTC");
  return { choice, name, label: texts[choice], set: (next) => setText(next === "plant" ? null : next) };
}

const mine = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
