import { select } from "d3-selection";
import "d3-transition";
import { zoom, zoomIdentity } from "d3-zoom";
import type { D3ZoomEvent } from "d3-zoom";

/** Where a drawing is on screen: in pixels from the corner of its room, and its scale. */
export interface Viewport {
  x: number;
  y: number;
  zoom: number;
}

const MIN_ZOOM = 0.15;
const MAX_ZOOM = 4;
const STEP = 1.2;
/** A hand that trembles still clicks. */
const CLICK_PX = 3;

/** Pans and zooms by pointer, wheel, touch and call. Only one transform is written, and nothing is rendered. */
export class PanZoom {
  viewport: Viewport = { x: 0, y: 0, zoom: 1 };
  private readonly behavior = zoom<HTMLElement, unknown>().scaleExtent([MIN_ZOOM, MAX_ZOOM]).clickDistance(CLICK_PX);
  private room: HTMLElement | undefined;

  /** Listens in `room` and moves `world` in it, until the returned function is called. */
  attach(room: HTMLElement, world: HTMLElement, moved: (viewport: Viewport, byHand: boolean) => void): () => void {
    let from: Viewport | undefined;
    const write = ({ transform: { x, y, k }, sourceEvent }: D3ZoomEvent<HTMLElement, unknown>) => {
      const byHand = Boolean(sourceEvent);
      const panned = from?.zoom === k && Math.hypot(x - from.x, y - from.y) > CLICK_PX;
      room.toggleAttribute("data-panned", panned);
      world.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
      this.viewport = { x, y, zoom: k };
      moved(this.viewport, byHand);
    };
    this.behavior
      .on("zoom", write)
      .on("start", ({ sourceEvent }) => {
        if (sourceEvent) from = this.viewport;
        room.toggleAttribute("data-held", Boolean(sourceEvent));
      })
      .on("end", () => {
        from = undefined;
        room.removeAttribute("data-held");
        room.removeAttribute("data-panned");
      });
    const shown = select(room).call(this.behavior).on("dblclick.zoom", null);
    this.room = room;
    return () => {
      this.room = undefined;
      shown.interrupt().on(".zoom", null);
    };
  }

  set({ x, y, zoom: k }: Viewport, duration = 0): void {
    if (!this.room) return;
    const [room, to] = [select(this.room), zoomIdentity.translate(x, y).scale(k)];
    if (duration > 0) room.transition().duration(duration).call(this.behavior.transform, to);
    else room.interrupt().call(this.behavior.transform, to);
  }

  zoomIn = (): void => this.scaleBy(STEP);
  zoomOut = (): void => this.scaleBy(1 / STEP);

  private scaleBy(factor: number): void {
    if (this.room) select(this.room).interrupt().call(this.behavior.scaleBy, factor);
  }
}
