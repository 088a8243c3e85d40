import type { Guide } from "../../core/edit/snap";
import type { Box } from "../../core/geometry";
import type { Point } from "../../core/types";

/** What is shown while a gesture lasts, and is no part of the drawing. */
export interface Hint {
  guides?: readonly Guide[];
  /** The area of a selection being made. */
  area?: Box;
  /** A pipe being drawn: its path, where it ends, and what that end is. */
  pipe?: { path: string; at: Point; fits: boolean; text?: string | undefined };
  /** A symbol that is being dragged from the palette. */
  ghost?: { symbol: string; at: Point };
  /** The symbol whose ports are shown. */
  hovered?: string | undefined;
}

const NOTHING: Hint = {};

/** Changes many times a second, so only the layer above the drawing subscribes to it. */
export class Hints {
  current: Hint = NOTHING;
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  read = (): Hint => this.current;

  show(hint: Hint): void {
    this.current = hint;
    for (const listener of this.listeners) listener();
  }
  clear(): void {
    if (this.current !== NOTHING) this.show(NOTHING);
  }
}
