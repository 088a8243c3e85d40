import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { eventsOf, nextEvent } from "./core/playback";
import type { Playback, Schematic } from "./core/types";
import type { Window } from "./core/window";
import type { Stage } from "./view/context";

/** Finds the next change of a machine's or valve's state, or of the drawing, in what was loaded ahead. */
export function useEvents(schematic: Schematic, stage: Stage | undefined, window: Window) {
  const client = useQueryClient();
  return useCallback(
    (at: number, way: 1 | -1) => {
      const runs = client
        .getQueriesData<Playback>({ queryKey: ["playback", schematic.id] })
        .flatMap(([, run]) => (run && run.start <= at && run.end >= at ? [run] : []));
      const widest = runs.sort((a, b) => b.end - b.start - (a.end - a.start))[0];
      const slots = [...(stage?.scene.placements.values() ?? [])].flatMap((placement) =>
        Object.values(placement.slots ?? {}),
      );
      const discrete = slots.map((slot) => slot.sensor).filter((sensor) => stage?.sensor(sensor)?.kind === "discrete");
      const versions = schematic.versions.filter(
        (version) => version.valid_from > window.start && version.valid_from < window.end,
      );
      return nextEvent(eventsOf(widest, versions, discrete), at, way);
    },
    [client, schematic, stage, window],
  );
}
