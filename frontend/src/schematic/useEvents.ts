import { useCallback } from "react";
import { eventsOf, nextEvent } from "./core/playback";
import type { PlaybackCache } from "./core/playbackCache";
import type { Schematic } from "./core/types";
import type { TimeWindow } from "./core/window";
import type { Stage } from "./view/context";

/** Finds the next change of a machine's or valve's state, or of the drawing, in the playback data. */
export function useEvents(schematic: Schematic, stage: Stage | undefined, window: TimeWindow, playback: PlaybackCache) {
  return useCallback(
    (at: number, way: 1 | -1) => {
      const slots = [...(stage?.scene.placements.values() ?? [])].flatMap((placement) =>
        Object.values(placement.slots ?? {}),
      );
      const discrete = slots.map((slot) => slot.sensor).filter((sensor) => stage?.sensor(sensor)?.kind === "discrete");
      const versions = schematic.versions.filter(
        (version) => version.valid_from > window.start && version.valid_from < window.end,
      );
      return nextEvent(eventsOf(playback.widest(at), versions, discrete), at, way);
    },
    [playback, schematic, stage, window],
  );
}
