import type { Kind } from "../api/types";

export const DASH = "–";
/** A thin space. The non-breaking one is even thinner in Inter, so elements with values prevent line breaks. */
const THIN = "\u2009";
const MINUS = "\u2212";

interface Measured {
  unit?: string;
  kind?: Kind;
  states?: Record<string, string> | null;
  range?: [number, number] | readonly number[] | null;
}

const UNITS: Record<string, string> = {
  degC: "°C",
  celsius: "°C",
  degree_Celsius: "°C",
  delta_degC: "K",
  degF: "°F",
  percent: "%",
  "m3/h": "m³/h",
  "m^3/h": "m³/h",
  "m**3/h": "m³/h",
  "m3/s": "m³/s",
  m3: "m³",
  "m^2": "m²",
  "1": "",
  dimensionless: "",
};

export const displayUnit = (unit: string | undefined | null): string => (unit ? (UNITS[unit] ?? unit) : "");

/** Decimals for a span: the last digit shown is about a thousandth of it. */
export function decimalsFor(span: number): number {
  if (!(span > 0)) return 2;
  return Math.min(4, Math.max(0, Math.round(-Math.log10(span / 1000))));
}

const fixed = new Map<string, Intl.NumberFormat>();
function formatter(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let found = fixed.get(key);
  if (!found) fixed.set(key, (found = new Intl.NumberFormat("en-US", options)));
  return found;
}

/** A number for people: about four significant figures, thousands separated, a true minus sign, never NaN. */
export function formatNumber(value: number | null | undefined, decimals?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return exponential(value);
  if (decimals !== undefined) return fixedNumber(value, decimals);
  const digits = size >= 1000 ? 0 : size >= 1 ? 3 - Math.floor(Math.log10(size)) : 4;
  return signed(value, formatter(`m${digits}`, { maximumFractionDigits: digits }).format(size));
}

/** With exactly that many decimals, whatever its size. */
export function fixedNumber(value: number, decimals: number): string {
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return signed(value, formatter(`f${decimals}`, options).format(Math.abs(value)));
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** In scientific notation: with the requested decimals, otherwise at most two. */
export function exponential(value: number, power = Math.floor(Math.log10(Math.abs(value))), decimals?: number): string {
  const raised = [...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  const scaled = Math.abs(value) / 10 ** power;
  const text =
    decimals === undefined
      ? formatter("m2", { maximumFractionDigits: 2 }).format(scaled)
      : fixedNumber(scaled, decimals);
  return signed(value, `${text}·10${power < 0 ? "⁻" : ""}${raised}`);
}

function signed(value: number, text: string): string {
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** The plant's name for a state (Running, Open), otherwise the number. */
export function stateName(value: number | string, states?: Record<string, string> | null): string {
  const key = typeof value === "number" ? String(Math.round(value)) : value;
  return states?.[key] ?? (typeof value === "number" ? formatNumber(value) : value);
}

/** A register is shown to its last digit: readings are compared by their small differences. */
function textOf(value: number, sensor: Measured | null | undefined, span: number): string {
  const counter = sensor?.kind === "counter";
  if (counter && Math.abs(value) >= 1e9 && Math.abs(value) < 1e15) return fixedNumber(value, 0);
  return formatNumber(value, span > 0 && !counter ? decimalsFor(span) : undefined);
}

/** Value, thin space, unit; states by name; a dash if there is none. `bare` leaves the unit to the caller. */
export function formatValue(
  value: number | string | null | undefined,
  unit?: string | null,
  sensor?: Measured | null,
  bare = false,
): string {
  if (value === null || value === undefined) return DASH;
  if (typeof value === "string") return value;
  if (sensor?.kind === "discrete") return stateName(value, sensor.states);
  const span = sensor?.range ? Math.abs(sensor.range[1]! - sensor.range[0]!) : 0;
  const text = textOf(value, sensor, span);
  const shown = displayUnit(unit ?? sensor?.unit);
  return bare || !shown || text === DASH ? text : `${text}${THIN}${shown}`;
}
