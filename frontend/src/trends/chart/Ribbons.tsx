import { useMemo } from "react";
import { AlarmRibbon } from "../../alarmData";
import { useSite } from "../../tenant";
import type { Lane } from "../lanes";
import type { Span } from "../range";
import styles from "./chart.module.css";

interface Props {
  lanes: Lane[];
  heights: number[];
  view: Span;
  width: number;
  zone: string;
  /** The height of a lane's title. */
  title: number;
}

/** At the head of each lane when alarms of its sensors were active. */
export function Ribbons({ lanes, heights, view, width, zone, title }: Props) {
  const site = useSite()?.id;
  const sensors = useMemo(() => lanes.map((lane) => lane.traces.map((trace) => trace.sensor.id)), [lanes]);
  return lanes.map((lane, index) => {
    const above = heights.slice(0, index).reduce((sum, each) => sum + each + title, 0);
    return (
      <div key={lane.key} className={styles.ribbon} style={{ top: above + title - 6 }}>
        <AlarmRibbon
          site={site}
          start={view.start}
          end={view.end}
          width={width}
          zone={zone}
          sensors={sensors[index]!}
        />
      </div>
    );
  });
}
