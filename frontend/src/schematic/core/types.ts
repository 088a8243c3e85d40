/** A drawing as the API answers it. Lengths are pixels at a zoom of 1. */

export type Side = "top" | "right" | "bottom" | "left";
export type Rotation = 0 | 90 | 180 | 270;
export type Medium =
  | "chilled_supply"
  | "chilled_return"
  | "condenser"
  | "hot_supply"
  | "hot_return"
  | "water"
  | "air"
  | "steam"
  | "gas"
  | "electricity"
  | "signal"
  | "shaft";

export interface Point {
  x: number;
  y: number;
}

export interface Binding {
  sensor: string;
  /** A measured sensor stands for "running" or "open" above this. */
  above?: number | null;
}

export interface Placement {
  id: string;
  symbol: string;
  x: number;
  y: number;
  width?: number | null;
  height?: number | null;
  rotate?: Rotation;
  flip?: boolean;
  asset?: string | null;
  label?: string | null;
  label_at?: Side;
  slots?: Record<string, Binding>;
}

export interface PipeEnd {
  placement: string;
  port: string;
}

export interface Pipe {
  id: string;
  source: PipeEnd;
  target: PipeEnd;
  medium: Medium;
  via?: [number, number][];
  name?: string | null;
  arrow?: boolean;
}

export interface ValueTag {
  id: string;
  sensor: string;
  x: number;
  y: number;
  label?: string | null;
  of?: string | null;
  anchor?: "left" | "centre" | "right";
}

export interface DrawnText {
  id: string;
  x: number;
  y: number;
  text: string;
  size?: "small" | "normal" | "heading";
}

export interface Drawing {
  width: number;
  height: number;
  placements?: Placement[];
  pipes?: Pipe[];
  tags?: ValueTag[];
  texts?: DrawnText[];
}

export interface VersionInfo {
  version: number;
  /** Epoch ms; 0 means since ever. */
  valid_from: number;
  note: string;
  author: string;
  created: number;
}

export interface Schematic {
  id: string;
  site: string;
  name: string;
  revision: number;
  versions: VersionInfo[];
}

export interface SchematicVersion extends Schematic {
  version: VersionInfo;
  drawing: Drawing;
}

/** One bound value at a moment. `t` is the sample's own time; null while scrubbing, where only the value is known. */
export interface Entry {
  v: number | string | null;
  t: number | null;
  stale: boolean;
  q: number;
  reason: string | null;
}

export interface FrameAnswer {
  at: number;
  live: boolean;
  schematic: string;
  revision: number;
  version: VersionInfo;
  values: (Omit<Entry, "q"> & { sensor: string; q: number | null; age: number | null })[];
}

export interface PlaybackAnswer {
  start: number;
  end: number;
  t: number[];
  columns: Record<string, (number | string | null)[]>;
  /** Runs of frames (from, up to) whose value is too old, or of bad quality. */
  stale?: Record<string, [number, number][]>;
  bad?: Record<string, [number, number][]>;
  version: VersionInfo | null;
  versions: VersionInfo[];
}
