/** The id of the row before or after the current one; of the first or last without one. Null where there is none. */
export function beside(rows: readonly { id: string }[], current: string | null, step: 1 | -1): string | null {
  const at = rows.findIndex((row) => row.id === current);
  const next = at < 0 ? (step === 1 ? 0 : rows.length - 1) : at + step;
  return rows[next]?.id ?? null;
}
