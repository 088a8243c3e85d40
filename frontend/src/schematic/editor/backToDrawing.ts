import type { KeyboardEvent } from "react";

/** Escape beside the drawing gives it the focus; in an open list of options it only closes that. */
export function backToDrawing(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  if ((event.target as Element).getAttribute("aria-expanded") === "true") return;
  document.querySelector<HTMLElement>('[data-testid="edit-canvas"]')?.focus();
}
