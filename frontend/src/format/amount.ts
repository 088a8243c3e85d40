import { formatNumber } from "./value";

const BYTES = ["B", "kB", "MB", "GB", "TB"];

export function formatBytes(bytes: number): string {
  let size = bytes;
  let step = 0;
  while (size >= 1000 && step < BYTES.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${formatNumber(size, step === 0 || size >= 100 ? 0 : 1)}\u2009${BYTES[step]}`;
}

/** 6,764 stays exact; from a million on, 98.2 M. */
export function formatCount(count: number): string {
  if (count >= 1e9) return `${formatNumber(count / 1e9, 1)}\u2009G`;
  if (count >= 1e6) return `${formatNumber(count / 1e6, 1)}\u2009M`;
  return formatNumber(count, 0);
}
