/** Enough that a drawing has few groups, and so few that a change in one of them is a small part of the drawing. */
const SIZE = 20;

/** Neighbours in a list, together. */
export function groupsOf<T>(parts: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < parts.length; at += SIZE) groups.push(parts.slice(at, at + SIZE));
  return groups;
}
