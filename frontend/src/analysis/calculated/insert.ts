/** `text` with `part` at that place, apart from what is before and after it by blanks. */
export function inserted(text: string, at: number, part: string): string {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const left = before && !/[\s(]$/.test(before) ? " " : "";
  const right = after && !/^[\s),^]/.test(after) ? " " : "";
  return before + left + part + right + after;
}
