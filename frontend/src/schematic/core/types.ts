import type { Result, Body } from "../../api/types";

/** A drawing as people write it; in API responses every member is present. Lengths are pixels at a zoom of 1. */
export type Drawing = Body<"schematics_create">["drawing"];
type Item<Name extends keyof Drawing> = Extract<NonNullable<Drawing[Name]>, readonly unknown[]>[number];

export type Placement = Item<"placements">;
export type Binding = NonNullable<Placement["slots"]>[string];
export type Pipe = Item<"pipes">;
export type ValueTag = Item<"tags">;
export type DrawnText = Item<"texts">;
export type Background = NonNullable<Drawing["background"]>;
export type Medium = Pipe["medium"];
export type Side = NonNullable<Placement["label_at"]>;

export interface Point {
  x: number;
  y: number;
}

export type Schematic = Result<"schematics_list">["results"][number];
/** `valid_from` in epoch ms; 0 means always. */
export type VersionInfo = Schematic["versions"][number];
export type SchematicVersion = Result<"schematics_read">;
export type FrameResult = Result<"schematics_frame">;
export type PlaybackResult = Result<"schematics_playback">;

/** One sensor's values, one per frame: NaN if there is none; for texts, and only for those, the index in `texts`. */
export interface Column {
  v: Float32Array;
  texts?: readonly string[] | undefined;
}

/** A sequence of frames: the JSON form's members, with columns of numbers. */
export type PlaybackData = Omit<PlaybackResult, "t" | "columns"> & {
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
  /** PlaybackData: since the previous frame the state changed and changed back. */
  changed?: true | undefined;
}
