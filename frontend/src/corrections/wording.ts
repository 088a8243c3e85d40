import { formatCount, formatDuration, formatMoment, parseDuration } from "../format";
import type { Correction, CorrectionResult } from "./api";

export type Action = "delete" | "shift" | "swap";

export const KEPT_MS = 30 * 86_400_000;

const samples = (count: number) => `${formatCount(count)} ${count === 1 ? "sample" : "samples"}`;

/** What a correction does, or would do, in a sentence. */
export function resultText(result: CorrectionResult, action: Correction["action"], dry: boolean): string {
  const { removed = 0, added = 0, changed = 0, left = 0 } = result;
  if (removed + added + changed + left === 0)
    return dry ? "No samples in this range; nothing would change." : "No samples were changed.";
  const verb = (would: string, did: string) => (dry ? would : did);
  const parts: string[] = [];
  if (action === "undo") {
    parts.push(
      `${verb("Undoing would remove", "Undone: removed")} ${samples(removed)} and ${verb("bring", "brought")} back ${formatCount(changed + added)}.`,
    );
  } else {
    const does = [
      removed && `${verb("remove", "removed")} ${samples(removed)}`,
      added && `${verb("add", "added")} ${formatCount(added)}`,
      changed && `${verb("replace", "replaced")} ${formatCount(changed)}`,
    ].filter(Boolean);
    if (does.length) parts.push(`${verb("This would ", "Done: ")}${does.join(", ")}.`);
  }
  if (left)
    parts.push(
      `${samples(left)} ${left === 1 ? "was" : "were"} overwritten since and ${left === 1 ? "is" : "are"} kept.`,
    );
  return parts.join(" ");
}

/** "1h", "-90 min", "+30s" to ms; null where it is none, or nothing. */
export function parseShift(text: string): number | null {
  const clean = text.trim().replace("\u2212", "-");
  const size = parseDuration(clean.replace(/^[+-]/, ""));
  return size === null ? null : clean.startsWith("-") ? -size : size;
}

/** The request in a list: "3 sensors from … to …, 1 h later". */
export function askedText(asked: Correction, tagOf: (id: string) => string, zone: string): string {
  if (asked.action === "undo") return `of ${asked.target ?? "an import"}`;
  const names = asked.sensors
    .slice(0, 3)
    .map(tagOf)
    .join(asked.action === "swap" ? " and " : ", ");
  const more = asked.sensors.length > 3 ? ` and ${formatCount(asked.sensors.length - 3)} more` : "";
  const at = (ms: number) => formatMoment(ms, zone);
  const range =
    asked.start == null
      ? `before ${at(asked.end!)}`
      : asked.end == null
        ? `from ${at(asked.start)} on`
        : `from ${at(asked.start)} to ${at(asked.end)}`;
  const by = asked.by_ms ? `, ${formatDuration(Math.abs(asked.by_ms))} ${asked.by_ms < 0 ? "earlier" : "later"}` : "";
  return `${names}${more}, ${range}${by}`;
}
