/** Every text of this folder, by the file that shows it. */
export const texts = {
  // index.tsx
  intro: "What could not be stored, as it was sent. Correct it and store it after all, or delete it.",
  none: "No dead letters",
  noneWhy: "Whatever is sent and cannot be stored is kept here, with the reason.",
  kept: (kept: string, dropped: string | null) =>
    dropped ? `${kept} kept, ${dropped} dropped for want of room` : `${kept} kept`,
  letters: "Dead letters",
  received: "Received",
  source: "Source",
  position: "Line",
  reason: "Reason",
  item: "As sent",
  replayShown: (count: number) => `Replay ${count} shown`,
  replayed: (letters: number, refused: number) =>
    refused
      ? `${letters} stored, ${refused} still wrong: they stay, and each says why.`
      : `${letters} stored. They are gone from this list.`,
  noRule: "no rule",
  unmatchedShown: (count: number) =>
    count === 1 ? "1 of those shown matches no rule." : `${count} of those shown match no rule.`,
  makeRule: "Make a rule",
  replayMatching: "Replay what rules match now",
  matched: (letters: string, left: string) => `${letters} stored; ${left} still match no rule, or are wrong otherwise.`,
  deleteAll: "Delete all",
  deleteAllSure: (kept: string) => `Delete all ${kept}?`,
  deleteAllWhy: "What was sent is lost for good. Letters that arrive from now on stay.",
  delete: "Delete",
  deleted: (count: string) => `${count} deleted.`,
  gone: "This letter is gone: it was stored, deleted or dropped.",
  // Letter.tsx
  unmatched: "No rule of the mapping takes it. It is stored as soon as one does.",
  stillWrong: "Still wrong",
  corrected: "Corrected",
  correctedHint: "Stored in place of what was sent; a point without a time is of when the letter was received.",
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
