import type { Alarm } from "../../alarmData";

type Check = (alarm: Alarm) => boolean;

/** What a person can do with an alarm as it is; the server decides. */
export const mayAcknowledge: Check = ({ condition }) => condition === "unacknowledged" || condition === "returned";
export const mayReset: Check = ({ condition }) => condition === "latched";
export const mayShelve: Check = ({ shelf, out_of_service }) => shelf === null && out_of_service === "";
export const mayUnshelve: Check = ({ shelf }) => shelf !== null;
export const mayReturnToService: Check = ({ out_of_service }) => out_of_service !== "";
export const mayTakeOutOfService: Check = (alarm) => !mayReturnToService(alarm);

/** Refusals with the same reason as one sentence. */
export function reasonsOf(refused: readonly { key: string; detail: string }[]): { detail: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { detail } of refused) counts.set(detail, (counts.get(detail) ?? 0) + 1);
  return [...counts].map(([detail, count]) => ({ detail, count }));
}
