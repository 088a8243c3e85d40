import { createContext, useContext } from "react";
import type { Point } from "../core/types";
import type { Viewport } from "./panZoom";

/** How far a value's box and its label reach from its place, at the lowest zoom at which they are shown. */
const REACH_X = 260;
const REACH_Y = 80;

/** The part of a drawing that is on screen. */
export class Room {
  private left = -Infinity;
  private top = -Infinity;
  private right = Infinity;
  private bottom = Infinity;

  /** `size`: of the canvas, px. Before it is known everything counts as shown. */
  show({ x, y, zoom }: Viewport, { width, height }: { width: number; height: number }): void {
    if (width === 0) return;
    this.left = -x / zoom - REACH_X;
    this.top = -y / zoom - REACH_Y;
    this.right = (width - x) / zoom + REACH_X;
    this.bottom = (height - y) / zoom + REACH_Y;
  }

  /** Whether a value at this place may be seen. */
  shows = ({ x, y }: Point): boolean => x >= this.left && x <= this.right && y >= this.top && y <= this.bottom;
}

export const RoomContext = createContext<Room | undefined>(undefined);

/** Undefined where all is taken to be on screen. */
export const useRoom = (): Room | undefined => useContext(RoomContext);
