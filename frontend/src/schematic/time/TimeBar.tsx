import { Button, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";
import type { Occurrence } from "../../alarmData";
import type { Sensor } from "../../api/types";
import { durationName, formatDuration } from "../../format";
import { setMoment, momentNow, useMomentOf } from "../../moment";
import { LeftIcon, RightIcon } from "../../ui/icons";
import type { VersionInfo } from "../core/types";
import { SPANS, stepOf } from "../core/window";
import type { TimeWindow } from "../core/window";
import { CustomSpan } from "./CustomSpan";
import { GoTo } from "./GoTo";
import type { Scale } from "./scale";
import { TimeMenu } from "./TimeMenu";
import styles from "./time.module.css";
import { Track } from "./Track";
import { SPEEDS } from "./usePlayer";
import { STEPS, useTransport } from "./useTransport";
import type { StepKind, TransportProps } from "./useTransport";
import { texts as all } from "../texts";

interface Props extends TransportProps {
  window: TimeWindow;
  setSpan: (ms: number) => void;
  sensor: Sensor | undefined;
  versions: VersionInfo[];
  alarms: readonly Occurrence[];
  sensorOf: (id: string) => Sensor | undefined;
  marks?: (scale: Scale) => ReactNode;
  /** More entries of the menu. */
  menu?: ReactNode;
}

const texts = all.time;
const RATES = SPEEDS.map((each) => ({ value: String(each), label: texts.rate(each) }));

/** The strip below the drawing: playback, span, and a trend of the selected sensor with the playhead. */
export function TimeBar(props: Props) {
  const { window, span, setSpan, speed, sensor, versions, alarms, sensorOf, timeline, loop, setLoop, marks, menu } =
    props;
  const live = useMomentOf((at) => at === null);
  const transport = useTransport(props);
  const [kind, setKind] = useState<StepKind>("time");
  const names: Record<StepKind, string> = { ...texts.steps, time: formatDuration(stepOf(span)) };
  const playable = !live || loop !== null || transport.rate < 0;
  return (
    <div className={styles.bar} role="group" aria-label={texts.label}>
      <div className={styles.controls}>
        <div className={styles.row}>
          <Button
            variant="default"
            onClick={() => transport.step(kind, -1)}
            aria-label={texts.back(names[kind])}
            title={`${texts.back(names[kind])} (${texts.stepKeys[kind][0]})`}
          >
            <LeftIcon size={14} />
          </Button>
          <Button
            className={styles.play}
            variant={live ? "default" : "filled"}
            disabled={!playable}
            onClick={transport.play}
            title={!playable ? texts.liveHint : speed === null ? texts.playHint : texts.pauseHint}
          >
            {speed === null ? texts.play : texts.pause}
          </Button>
          <Button
            variant="default"
            disabled={live}
            onClick={() => transport.step(kind, 1)}
            aria-label={texts.forward(names[kind])}
            title={`${texts.forward(names[kind])} (${texts.stepKeys[kind][1]})`}
          >
            <RightIcon size={14} />
          </Button>
          <Select
            className={styles.steps}
            aria-label={texts.stepBy}
            data={STEPS.map((each) => ({ value: each, label: names[each] }))}
            value={kind}
            onChange={(value) => value && setKind(value as StepKind)}
          />
          <Select
            className={styles.speed}
            aria-label={texts.speed}
            data={RATES}
            value={String(transport.rate)}
            onChange={(value) => transport.choose(Number(value))}
          />
        </div>
        <div className={styles.row}>
          <div className={styles.spans} role="group" aria-label={texts.span}>
            {SPANS.map(([text, ms]) => (
              <button key={text} type="button" aria-pressed={ms === span} onClick={() => setSpan(ms)}>
                {durationName(ms)}
              </button>
            ))}
            <CustomSpan span={span} setSpan={setSpan} />
          </div>
          <Button variant="default" onClick={() => transport.setAsking(true)} title={texts.goToHint}>
            {texts.goTo}
          </Button>
          <TimeMenu window={window} loop={loop} setLoop={setLoop} loopAt={transport.loopAt} say={transport.say}>
            {menu}
          </TimeMenu>
        </div>
        {transport.note && (
          <p className={styles.note} role="status">
            {transport.note}
          </p>
        )}
      </div>
      <Track
        window={window}
        sensor={sensor}
        versions={versions}
        timeline={timeline}
        alarms={alarms}
        sensorOf={sensorOf}
        loop={loop}
        setLoop={setLoop}
        {...(marks && { marks })}
      />
      {transport.asking && <GoTo close={() => transport.setAsking(false)} go={setMoment} from={momentNow()} />}
    </div>
  );
}
