import { formatValue } from "../../format";
import { texts as trends } from "../texts";
import type { PrintedLane } from "./lanes";

interface Line {
  key: string;
  value: number;
  label: string;
  colour: string;
  /** Which side of it is outside. */
  above: boolean;
}

/** The limits of a lane's traces and, where wanted, the sensors' own ranges. */
export function limitsOf(lane: PrintedLane, ranges: boolean): Line[] {
  return lane.traces.flatMap(({ sensor, slot, limits }) => {
    // A counter's lane has increases, of which neither is a limit.
    if (sensor.kind !== "continuous") return [];
    const own = ranges ? sensor.range : null;
    const found = [
      { value: limits?.low, name: trends.lowLimit, above: false },
      { value: limits?.high, name: trends.highLimit, above: true },
      { value: own?.[0], name: trends.rangeFrom, above: false },
      { value: own?.[1], name: trends.rangeTo, above: true },
    ];
    const named = lane.traces.length > 1 ? `${sensor.tag} ` : "";
    return found.flatMap(({ value, name, above }) =>
      value == null
        ? []
        : {
            key: `${sensor.id} ${name}`,
            value,
            label: `${named}${name} ${formatValue(value, null, sensor)}`,
            colour: `var(--pt-series-${slot})`,
            above,
          },
    );
  });
}
