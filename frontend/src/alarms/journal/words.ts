import type { Transition } from "../../alarmData";
import { alarmTexts } from "../../alarmData";
import { texts } from "../texts";

/** What happened, and who did it: "acknowledged (engineer)", "raised, late". */
export function transitionWords(entry: Transition): string {
  const what = alarmTexts.whats[entry.what];
  const how = entry.past ? texts.past : entry.late ? texts.late : "";
  const verdict = entry.verdict ? texts.verdicts[entry.verdict].toLowerCase() : "";
  const words = [what, how, verdict].filter(Boolean).join(", ");
  return entry.person ? `${words} (${entry.person})` : words;
}
