import type { Viewport } from "./panZoom";

type Mover = (viewport: Viewport) => void;

/** Keeps the zoom and position of drawings beside each other the same. */
export class ViewportSync {
  private readonly movers = new Set<Mover>();
  private last: Viewport | undefined;

  join(mover: Mover): () => void {
    this.movers.add(mover);
    return () => this.movers.delete(mover);
  }

  /** Moves the others; what they report in turn, also later, is the same and moves nothing. */
  moved(by: Mover, viewport: Viewport): void {
    const { last } = this;
    if (last && last.x === viewport.x && last.y === viewport.y && last.zoom === viewport.zoom) return;
    this.last = viewport;
    for (const mover of this.movers) if (mover !== by) mover(viewport);
  }
}
