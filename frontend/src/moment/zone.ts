import { useSite } from "../tenant";
import { useParam } from "./url";

export type ZoneChoice = "plant" | "mine" | "utc";

export interface Zone {
  choice: ZoneChoice;
  /** IANA name. */
  name: string;
  /** "plant time", "my time" or "UTC": for the foot of a chart. */
  label: string;
  set: (choice: ZoneChoice) => void;
}

const LABELS: Record<ZoneChoice, string> = { plant: "plant time", mine: "local time", utc: "UTC" };

/** Whose clock times are shown in: the plant's unless `tz=` says otherwise. */
export function useZone(): Zone {
  const site = useSite();
  const [text, setText] = useParam("tz");
  const choice: ZoneChoice = text === "mine" || text === "utc" ? text : "plant";
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const name = choice === "utc" ? "UTC" : choice === "mine" ? mine : (site?.timezone ?? "UTC");
  return { choice, name, label: LABELS[choice], set: (next) => setText(next === "plant" ? null : next) };
}
