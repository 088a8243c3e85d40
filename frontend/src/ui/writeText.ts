/** Outside React. A text in place of another one is laid out again; a new text node would be styled, too. */
export function writeText(element: Element, text: string): void {
  const shown = element.firstChild as Text | null;
  if (shown && text) {
    if (shown.data !== text) shown.data = text;
  } else if (shown || text) element.textContent = text;
}
