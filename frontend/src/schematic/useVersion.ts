import { useMomentOf, useNowOf } from "../moment";
import type { Schematic, VersionInfo } from "./core/types";
import type { TimeWindow } from "./core/window";
import { versionAt } from "./data";

const MAX_AHEAD = 5;

/** The version of the drawing in force at the moment; undefined before the first. */
export function useVersion(schematic: Schematic): VersionInfo | undefined {
  const live = useNowOf((now) => versionAt(schematic.versions, now)?.version);
  const past = useMomentOf((at) => (at === null ? undefined : versionAt(schematic.versions, at)?.version));
  const number = useMomentOf((at) => at === null) ? live : past;
  return schematic.versions.find((version) => version.version === number);
}

/** The versions that come into force inside the window, the latest few. */
export const versionsIn = (schematic: Schematic, window: TimeWindow): VersionInfo[] =>
  schematic.versions
    .filter((version) => version.valid_from > window.start && version.valid_from <= window.end)
    .slice(-MAX_AHEAD);
