import type { CSSProperties } from "react";
import type { Point } from "../core/types";

/** By margins: each positioned element is one more step whenever a frame is put together. */
export const placedAt = ({ x, y }: Point): CSSProperties => ({ marginLeft: x, marginTop: y });
