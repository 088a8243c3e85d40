/** Which alarms are ticked, and where a range begins. */
export interface Selection {
  keys: ReadonlySet<string>;
  anchor: string | null;
}

export const NOTHING: Selection = { keys: new Set(), anchor: null };

/** A click on a box; with Shift all from the last click on become as this one. */
export function ticked(old: Selection, key: string, range: boolean, order: readonly string[]): Selection {
  const on = !old.keys.has(key);
  const keys = new Set(old.keys);
  const [from, to] = [order.indexOf(old.anchor ?? ""), order.indexOf(key)];
  const those = range && from >= 0 && to >= 0 ? order.slice(Math.min(from, to), Math.max(from, to) + 1) : [key];
  for (const each of those) {
    if (on) keys.add(each);
    else keys.delete(each);
  }
  return { keys, anchor: key };
}

export const tickedAll = (old: Selection, order: readonly string[]): Selection =>
  order.every((key) => old.keys.has(key)) ? NOTHING : { keys: new Set(order), anchor: null };

/** Without those that are no longer listed; the same object if that changes nothing. */
export function remaining(old: Selection, listed: ReadonlySet<string>): Selection {
  const keys = [...old.keys].filter((key) => listed.has(key));
  return keys.length === old.keys.size ? old : { keys: new Set(keys), anchor: old.anchor };
}
