/** Every text of this folder, by the file that shows it. */
export const texts = {
  // index.tsx
  intro: "Items that could not be stored, as they were sent. Correct and replay them, or delete them.",
  none: "No dead letters",
  noneWhy: "Items that cannot be stored are kept here, with the reason.",
  kept: (kept: string, dropped: string | null) =>
    dropped ? `${kept} kept, ${dropped} dropped for lack of space` : `${kept} kept`,
  letters: "Dead letters",
  received: "Received",
  source: "Source",
  position: "Line",
  reason: "Reason",
  item: "As sent",
  replayShown: (count: number) => `Replay ${count} shown`,
  replayed: (letters: number, refused: number) =>
    refused
      ? `${letters} stored, ${refused} still invalid: they are kept, each with its reason.`
      : `${letters} stored and removed from this list.`,
  noRule: "no rule",
  unmatchedShown: (count: number) =>
    count === 1 ? "1 of those shown matches no rule." : `${count} of those shown match no rule.`,
  makeRule: "Make a rule",
  replayMatching: "Replay those that match a rule now",
  matched: (letters: string, left: string) =>
    `${letters} stored; ${left} still match no rule, or are otherwise invalid.`,
  deleteAll: "Delete all",
  deleteAllSure: (kept: string) => `Delete all ${kept}?`,
  deleteAllWhy: "Their contents are lost permanently. Letters that arrive from now on are kept.",
  delete: "Delete",
  deleted: (count: string) => `${count} deleted.`,
  gone: "This letter no longer exists: it was stored, deleted or dropped.",
  // Letter.tsx
  unmatched: "No mapping rule matches it. It is stored as soon as one does.",
  stillWrong: "Still wrong",
  corrected: "Corrected",
  correctedHint:
    "Stored instead of what was sent; a point without a time gets the time at which the letter was received.",
  replay: "Replay",
  replayCorrected: "Replay corrected",
  reset: "Reset",
  cut: "The item was longer than 64 KiB, and only its beginning was kept. To replay it, paste the whole item.",
  binary: "Not UTF-8: shown as base64, and can only be replayed as it is.",
  sender: "Sender",
  token: "Token",
  address: "Address",
  endpoint: "Sent to",
  options: "Options",
} as const;
