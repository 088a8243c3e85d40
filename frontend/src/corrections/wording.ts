import { formatCount, formatDuration, formatMoment, parseDuration } from "../format";
import type { Correction, CorrectionResult } from "./api";
import { texts } from "./texts";

export type Action = "delete" | "shift" | "swap";

export const UNDO_PERIOD_MS = 30 * 86_400_000;

const samples = (count: number) => texts.samplesCount(formatCount(count), count === 1);

/** What a correction does, or would do, in a sentence. */
export function resultText(result: CorrectionResult, action: Correction["action"], dry: boolean): string {
  const { removed = 0, added = 0, changed = 0, left = 0 } = result;
  if (removed + added + changed + left === 0) return dry ? texts.noSamplesInRange : texts.noSamplesChanged;
  const sentences: string[] = [];
  if (action === "undo") sentences.push(texts.undoResult(dry, samples(removed), formatCount(changed + added)));
  else {
    const parts = [
      removed && texts.removeSamples(dry, samples(removed)),
      added && texts.add(dry, formatCount(added)),
      changed && texts.replace(dry, formatCount(changed)),
    ].filter(Boolean);
    if (parts.length) sentences.push(texts.result(dry, parts.join(", ")));
  }
  if (left) sentences.push(texts.kept(samples(left), left === 1));
  return sentences.join(" ");
}

/** "1h", "-90 min", "+30s" to ms; null if it is not an offset, or zero. */
export function parseShift(text: string): number | null {
  const clean = text.trim().replace("\u2212", "-");
  const size = parseDuration(clean.replace(/^[+-]/, ""));
  return size === null ? null : clean.startsWith("-") ? -size : size;
}

/** A correction in a list: "TT-1 and TT-2, from … to …, 1 h later". */
export function describeCorrection(correction: Correction, tagOf: (id: string) => string, zone: string): string {
  if (correction.action === "undo") return texts.ofTarget(correction.target);
  const names = correction.sensors
    .slice(0, 3)
    .map(tagOf)
    .join(correction.action === "swap" ? texts.and : ", ");
  const more = correction.sensors.length > 3 ? texts.andMore(formatCount(correction.sensors.length - 3)) : "";
  const at = (ms: number) => formatMoment(ms, zone);
  const range =
    correction.start == null
      ? texts.beforeTime(at(correction.end!))
      : correction.end == null
        ? texts.fromTime(at(correction.start))
        : texts.fromTo(at(correction.start), at(correction.end));
  const by = correction.by_ms ? formatDuration(Math.abs(correction.by_ms)) : "";
  return [`${names}${more}`, range, by && (correction.by_ms! < 0 ? texts.earlier(by) : texts.later(by))]
    .filter(Boolean)
    .join(", ");
}
