import { formatAge, formatDuration, formatMoment, formatTime } from "../format";
import type { Alarm } from "./types";
import { texts } from "./texts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** 20 s, 11 min, 1 h 32 min, 3 d 4 h. */
export const formatFor = (ms: number): string =>
  ms < MINUTE ? formatAge(ms) : formatDuration(Math.floor(ms / MINUTE) * MINUTE);

/** 08:10, or with its date where that is not within the last day. */
export const formatWhen = (ms: number, zone: string, now: number): string =>
  Math.abs(now - ms) < DAY ? formatTime(ms, zone, false) : formatMoment(ms, zone, false, false);

export interface StateWords {
  title: string;
  detail: string;
  /** A person has to do something. */
  due: boolean;
}

/** What the list says of an alarm's state, and in small who, when or until when. */
export function stateWords(alarm: Alarm, zone: string, now: number): StateWords {
  const when = (ms: number | null) => (ms === null ? "" : formatWhen(ms, zone, now));
  if (alarm.out_of_service) return { title: texts.outOfService, detail: alarm.out_of_service, due: false };
  if (alarm.shelf) {
    const until = texts.shelvedUntil(formatWhen(alarm.shelf.until, zone, now));
    return { title: `${texts.shelved} ${until}`, detail: `${alarm.shelf.by}: ${alarm.shelf.reason}`, due: false };
  }
  if (alarm.suppressed.length > 0)
    return { title: texts.suppressed, detail: alarm.suppressed.map(suppressedBy).join(", "), due: false };
  const title = texts.conditions[alarm.condition];
  if (alarm.condition === "acknowledged")
    return { title, detail: texts.byPerson(alarm.acknowledged_by, when(alarm.acknowledged)), due: false };
  if (alarm.condition === "returned") return { title, detail: texts.returnedAt(when(alarm.returned)), due: true };
  if (alarm.condition === "latched") return { title, detail: texts.awaitsReset, due: true };
  return { title, detail: "", due: alarm.condition === "unacknowledged" };
}

function suppressedBy(why: string): string {
  const [kind = "", , number] = why.split(":");
  const words = texts.suppressedBy;
  if (kind === "maintenance" && number) return words.maintenanceCase(number);
  return kind === "maintenance" || kind === "alarm" || kind === "plant" ? words[kind] : words.other(why);
}

/** The cases of work that suppress it, by id, with their numbers. */
export const maintenanceCases = ({ suppressed }: Pick<Alarm, "suppressed">): { id: string; number: string }[] =>
  suppressed.flatMap((why) => {
    const [kind, id, number] = why.split(":");
    return kind === "maintenance" && id && number ? [{ id, number }] : [];
  });

/** How a list or a ribbon names an alarm's target. */
export const targetName = (alarm: Pick<Alarm, "target">): string => alarm.target.tag || alarm.target.name;
