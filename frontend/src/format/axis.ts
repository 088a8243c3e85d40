import { exponential, fixedNumber } from "./value";

/** How many characters fit left of a lane. */
const MAX_LABEL_LENGTH = 9;
const MAX_DECIMALS = 15;

/** Decimals that an axis step needs to be exact: 0.25 needs two. */
export function stepDecimals(step: number): number {
  let decimals = 0;
  for (; decimals < MAX_DECIMALS; decimals += 1) {
    const scaled = step * 10 ** decimals;
    if (scaled >= 1 - 1e-9 && Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) break;
  }
  return decimals;
}

/**
 * The base that is subtracted from every label of an axis from `low` to `high`, and shown once beside its name: large
 * values that differ little (a totaliser at 1,234,500,000) would have labels that are too long or equal. Mostly 0.
 */
export function axisBase(low: number, high: number): number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const span = high - low;
  if (!(span > 0) || size > 1e300 || span > size / 2) return 0;
  const decimals = Math.max(0, Math.ceil(-Math.log10(span / 10)));
  if (fixedNumber(low < 0 ? -size : size, Math.min(decimals, MAX_DECIMALS)).length <= MAX_LABEL_LENGTH) return 0;
  const round = 10 ** Math.ceil(Math.log10(span));
  return Math.floor(low / round) * round;
}

/** The base in full, as shown beside the axis' name. */
export const baseText = (base: number): string =>
  Math.abs(base) < 1e-4 || Math.abs(base) > 1e16 ? exponential(base) : fixedNumber(base, stepDecimals(Math.abs(base)));

/** The labels of an axis, alike in form and all different: `splits` are `step` apart, less the base. */
export function axisLabels(splits: readonly number[], step: number): string[] {
  const size = splits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const decimals = stepDecimals(step);
  const plain = splits.map((value) => fixedNumber(value, decimals));
  if (plain.every((label) => label.length <= MAX_LABEL_LENGTH) || size === 0) return plain;
  const power = Math.floor(Math.log10(size));
  return splits.map((value) => (value === 0 ? "0" : exponential(value, power, stepDecimals(step / 10 ** power))));
}

const LOG_STEPS = [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];

/** Round values of a logarithmic axis, about `most` of them; evenly spaced ones if it spans less than a factor of five. */
export function logTicks(low: number, high: number, most: number): number[] {
  if (!(low > 0) || !(high > low) || !Number.isFinite(high)) return [];
  if (high / low < 5) {
    const rough = (high - low) / Math.max(1, most);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? 10 * power;
    const ticks: number[] = [];
    for (let count = Math.ceil(low / step); count * step <= high; count += 1) ticks.push(round(count * step));
    return ticks;
  }
  const [first, last] = [Math.floor(Math.log10(low)), Math.floor(Math.log10(high))];
  const of = (digits: readonly number[], every: number) => {
    const ticks: number[] = [];
    for (let power = first; power <= last; power += 1) {
      if (power % every !== 0) continue;
      for (const digit of digits) ticks.push(round(digit * 10 ** power));
    }
    return ticks.filter((tick) => tick >= low && tick <= high);
  };
  for (const digits of LOG_STEPS) {
    const ticks = of(digits, 1);
    if (ticks.length <= most) return ticks;
  }
  return of([1], Math.ceil((last - first + 1) / Math.max(1, most)));
}

const round = (value: number) => Number(value.toPrecision(12));
