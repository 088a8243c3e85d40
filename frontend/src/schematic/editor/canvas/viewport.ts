import { wordScale } from "../../view/words";
import type { Box } from "../../core/geometry";
import type { Point } from "../../core/types";

const MIN_ZOOM = 0.15;
const MAX_ZOOM = 4;
const MAX_FIT = 1.4;
const PAD = 24;
/** Below this zoom the grid's dots would be a grey area. */
const GRID_ZOOM = 0.6;

/** Where the drawing is on screen. Panning and zooming write one transform, and nothing is rendered. */
export class View {
  x = 0;
  y = 0;
  zoom = 1;
  private root: HTMLElement | undefined;
  private world: HTMLElement | undefined;

  attach(root: HTMLElement, world: HTMLElement): void {
    this.root = root;
    this.world = world;
    this.write();
  }

  /** From a point of the window to one of the drawing. */
  toDrawing(client: Point): Point {
    const { left = 0, top = 0 } = this.root?.getBoundingClientRect() ?? {};
    return { x: (client.x - left - this.x) / this.zoom, y: (client.y - top - this.y) / this.zoom };
  }

  contains({ x, y }: Point): boolean {
    const box = this.root?.getBoundingClientRect();
    return box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  }

  /** The middle of what is seen. */
  centre(): Point {
    const { left = 0, top = 0, width = 0, height = 0 } = this.root?.getBoundingClientRect() ?? {};
    return this.toDrawing({ x: left + width / 2, y: top + height / 2 });
  }

  panBy(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.write();
  }

  zoomBy(factor: number, at?: Point): void {
    const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, this.zoom * factor));
    const { left = 0, top = 0, width = 0, height = 0 } = this.root?.getBoundingClientRect() ?? {};
    const anchor = at ? { x: at.x - left, y: at.y - top } : { x: width / 2, y: height / 2 };
    this.x = anchor.x - ((anchor.x - this.x) * zoom) / this.zoom;
    this.y = anchor.y - ((anchor.y - this.y) * zoom) / this.zoom;
    this.zoom = zoom;
    this.write();
  }

  fit({ x, y, width, height }: Box): void {
    const room = this.root;
    if (!room || room.clientWidth === 0) return;
    this.zoom = Math.min(
      (room.clientWidth - 2 * PAD) / Math.max(1, width),
      (room.clientHeight - 2 * PAD) / Math.max(1, height),
      MAX_FIT,
    );
    this.x = (room.clientWidth - width * this.zoom) / 2 - x * this.zoom;
    this.y = (room.clientHeight - height * this.zoom) / 2 - y * this.zoom;
    this.write();
  }

  /** Moves a point into the middle if it is near the edge or outside. */
  show(point: Point): void {
    const room = this.root;
    if (!room) return;
    const [x, y] = [point.x * this.zoom + this.x, point.y * this.zoom + this.y];
    const inside = x > 60 && y > 60 && x < room.clientWidth - 60 && y < room.clientHeight - 60;
    if (!inside) this.panBy(room.clientWidth / 2 - x, room.clientHeight / 2 - y);
  }

  private write(): void {
    if (!this.root || !this.world) return;
    this.world.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.zoom})`;
    this.root.style.setProperty("--z", String(this.zoom));
    this.root.style.setProperty("--k", wordScale(this.zoom).toFixed(3));
    this.root.dataset.far = String(this.zoom < GRID_ZOOM);
  }
}
