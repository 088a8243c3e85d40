import { durationText, parseDuration, parseInstant } from "../format";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Span {
  start: number;
  end: number;
}

/** A range of the address: a length that ends now (or is around the moment), or from one instant to another. */
export type Range = { kind: "last"; length: number } | ({ kind: "fixed" } & Span);

export const PRESETS: { value: string; label: string }[] = [
  { value: "1h", label: "1 h" },
  { value: "8h", label: "8 h" },
  { value: "1d", label: "1 d" },
  { value: "7d", label: "7 d" },
  { value: "30d", label: "30 d" },
  { value: "1y", label: "1 y" },
];
/** Further presets. */
export const LONG_RANGES = ["90d", "3y", "5y", "10y"];
export const DEFAULT_RANGE = "8h";
/** Shorter than a second shows no more detail, and no plant has more than 30 years of data. */
export const MIN_SPAN_MS = 1000;
export const MAX_SPAN_MS = 30 * 365 * DAY;

/** The range that an address names; the default if it is missing or invalid, where `invalid` has the wrong text. */
export function readRange(params: URLSearchParams): { range: Range; invalid: string | null } {
  const [from, to, text] = ["start", "end", "range"].map((name) => params.get(name));
  const [start, end] = [parseInstant(from ?? null), parseInstant(to ?? null)];
  if (start !== null && end !== null && end > start) return { range: { kind: "fixed", start, end }, invalid: null };
  const length = parseDuration(text);
  const valid = length !== null && length >= MIN_SPAN_MS && length <= MAX_SPAN_MS;
  const range: Range = { kind: "last", length: valid ? length : parseDuration(DEFAULT_RANGE)! };
  if (from || to) return { range, invalid: `${from ?? ""} – ${to ?? ""}` };
  return { range, invalid: text && !valid ? text : null };
}

/** The parameters that name `range` in an address. */
export function writeRange(range: Range): Record<"range" | "start" | "end", string | number | null> {
  if (range.kind === "fixed") return { range: null, start: Math.round(range.start), end: Math.round(range.end) };
  const text = durationText(range.length);
  return { range: text === DEFAULT_RANGE ? null : text, start: null, end: null };
}

/** How often a live range is refreshed: often enough to see it move, at most every 2 s. */
export const liveStep = (length: number): number => Math.min(60_000, Math.max(2000, Math.round(length / 1000)));

/**
 * The instants that a range covers. Live it ends now; at a past moment it has three quarters before it and one
 * quarter after, so that both causes and effects are visible.
 */
export function resolveRange(range: Range, at: number | null, now: number): Span {
  if (range.kind === "fixed") return { start: range.start, end: range.end };
  if (at === null) {
    const step = liveStep(range.length);
    const end = Math.ceil(now / step) * step;
    return { start: end - range.length, end };
  }
  const end = Math.min(at + range.length / 4, Math.max(at, now));
  return { start: Math.round(end - range.length), end: Math.round(end) };
}

/** Whether two spans differ by no more than the next tick of a live range, so that one can be shown for the other. */
export function alike(a: Span, b: Span): boolean {
  const length = b.end - b.start;
  return Math.abs(a.start - b.start) < length / 50 && Math.abs(a.end - b.end) < length / 50;
}

export function clampSpan(span: Span): Span {
  const length = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, span.end - span.start));
  const middle = (span.start + span.end) / 2;
  const start = Math.round(middle - length / 2);
  return { start, end: Math.round(start + length) };
}

/** `factor` < 1 zooms in; the instant `around` keeps its place on the screen. */
export function zoomSpan(span: Span, factor: number, around = (span.start + span.end) / 2): Span {
  const length = span.end - span.start;
  const next = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, length * factor));
  const share = (around - span.start) / length;
  const start = around - share * next;
  return { start: Math.round(start), end: Math.round(start + next) };
}

export const panSpan = (span: Span, by: number): Span => ({
  start: Math.round(span.start + by),
  end: Math.round(span.end + by),
});

/** Widths that are multiples of every shorter rung, so that no stored row spans two bars. */
const BAR_WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((each) => each * MINUTE),
  ...[2, 4, 8, 16, 32, 64, 128].map((each) => each * DAY),
];

/** For counters: at most `maxBars` bars of one round width that cover the span, the first and the last whole. */
export function barsOf({ start, end }: Span, maxBars = 120): Span & { count: number } {
  const width = BAR_WIDTHS_MS.find((each) => (end - start) / each <= maxBars) ?? BAR_WIDTHS_MS.at(-1)!;
  const first = Math.floor(start / width);
  const last = Math.ceil(end / width);
  return { start: first * width, end: last * width, count: last - first };
}

const OVERVIEW_SPANS_MS = [6 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 5 * 365 * DAY, 15 * 365 * DAY];

/**
 * The range of the overview strip: the next round length of at least six times the view's; if the view is inside
 * `current` with a margin, `current` itself, so that the strip does not move while panning inside it.
 */
export function overviewSpan(view: Span, now: number, current?: Span): Span {
  const length = view.end - view.start;
  if (current) {
    const size = current.end - current.start;
    if (view.start >= current.start && view.end <= current.end && size >= 3 * length && size <= 250 * length) {
      return current;
    }
  }
  const wanted = OVERVIEW_SPANS_MS.find((each) => each >= 6 * length) ?? MAX_SPAN_MS;
  const middle = (view.start + view.end) / 2;
  const latest = Math.max(now, view.end);
  const end = Math.min(latest, middle + wanted / 2);
  return { start: Math.round(end - wanted), end: Math.round(end) };
}

/** From the reference to the cursor, whichever comes first; without both, all of the view. */
export function selectedSpan(reference: number | null, cursor: number | null, view: Span): Span {
  if (reference === null || cursor === null || Math.round(reference) === Math.round(cursor)) return view;
  return { start: Math.round(Math.min(reference, cursor)), end: Math.round(Math.max(reference, cursor)) };
}
