import type { operations } from "../../api/schema";

/** A drawing as people write it: what the API answers has every member. Lengths are pixels at a zoom of 1. */

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

type Answer<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

export type Schematic = Answer<"schematics_list">["results"][number];
/** `valid_from` in epoch ms; 0 means since ever. */
export type VersionInfo = Schematic["versions"][number];
export type SchematicVersion = Answer<"schematics_read">;
export type FrameAnswer = Answer<"schematics_frame">;
export type PlaybackAnswer = Answer<"schematics_playback">;

/** One sensor's values, a frame each: NaN where there is none; of texts, and only of those, their place in `texts`. */
export interface Column {
  v: Float32Array;
  texts?: readonly string[] | undefined;
}

/** A run of frames as it is kept: what the JSON form says, with columns of numbers. */
export type Playback = Omit<PlaybackAnswer, "t" | "columns"> & {
  t: Float64Array;
  columns: ReadonlyMap<string, Column>;
};

/** One bound value at a moment. `t` is the sample's own time; null while scrubbing, where only the value is known. */
export interface Entry {
  v: number | string | null;
  t: number | null;
  stale: boolean;
  q: number;
  reason: string | null;
  /** Playback: since the frame before, a state came and went that no frame shows. */
  changed?: true | undefined;
}
