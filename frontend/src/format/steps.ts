/** The smallest of 1, 2, 5, 10, 20, … that is at least `rough`, a number above zero; also below one. */
export function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
}
