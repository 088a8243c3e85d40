import { Button, Select } from "@mantine/core";
import { useCallback, useRef, useState } from "react";
import type { Sensor } from "../../api/types";
import { durationName, formatDuration } from "../../format";
import { useShortcuts } from "../../keyboard";
import { momentNow, setMoment, useMomentOf } from "../../moment";
import { LeftIcon, RightIcon } from "../../ui/icons";
import type { VersionInfo } from "../core/types";
import { SPANS, stepOf } from "../core/window";
import type { TimeWindow } from "../core/window";
import { GoTo } from "./GoTo";
import { CustomSpan } from "./CustomSpan";
import styles from "./time.module.css";
import { Track } from "./Track";
import { SPEEDS, usePlayer } from "./usePlayer";
import { texts as all } from "../texts";

interface Props {
  window: TimeWindow;
  span: number;
  setSpan: (ms: number) => void;
  speed: number | null;
  setSpeed: (speed: number | null) => void;
  sensor: Sensor | undefined;
  versions: VersionInfo[];
  /** The next change of a state or of the drawing. */
  nextEvent: (at: number, way: 1 | -1) => number | undefined;
}

const texts = all.time;
const ARMED_MS = 2500;

/** The strip below the drawing: playback, span, and a trend of the selected sensor with the playhead. */
export function TimeBar({ window, span, setSpan, speed, setSpeed, sensor, versions, nextEvent }: Props) {
  const live = useMomentOf((at) => at === null);
  const [rate, setRate] = useState(60);
  const [asking, setAsking] = useState(false);
  const [note, say] = useNote();
  const step = stepOf(span);

  const move = useCallback(
    (at: number | undefined, none: string) => {
      if (at === undefined) say(none);
      else setMoment(at >= Date.now() ? null : at);
    },
    [say],
  );
  const stepBy = (way: 1 | -1) => {
    const at = momentNow();
    if (at !== null || way < 0) move((at ?? Date.now()) + way * step, "");
  };
  const jump = (way: 1 | -1) => {
    const at = momentNow() ?? Date.now();
    const next = nextEvent(at, way);
    move(next, way > 0 ? texts.noLater : texts.noEarlier);
  };
  const play = () => {
    if (speed !== null) setSpeed(null);
    else if (momentNow() !== null) setSpeed(rate);
    else say(texts.playLive);
  };
  const stop = useCallback(() => setSpeed(null), [setSpeed]);
  usePlayer(speed, stop);

  // A key pressed by accident must not leave LIVE: the first press announces what the second will do.
  const [armed, arm] = useArmed();
  const guarded = (action: () => void) => {
    if (momentNow() === null && !armed()) {
      arm();
      say(texts.confirmHistory);
    } else action();
  };
  useShortcuts("timeBar", {
    play,
    stepBack: () => guarded(() => stepBy(-1)),
    stepForward: () => stepBy(1),
    previousEvent: () => guarded(() => jump(-1)),
    nextEvent: () => jump(1),
    goTo: () => setAsking(true),
  });

  const stepText = formatDuration(step);
  return (
    <div className={styles.bar} role="group" aria-label={texts.label}>
      <div className={styles.controls}>
        <div className={styles.row}>
          <Button
            variant="default"
            leftSection={<LeftIcon size={14} />}
            onClick={() => stepBy(-1)}
            aria-label={texts.back(stepText)}
            title={`${texts.back(stepText)} (←)`}
          >
            {stepText}
          </Button>
          <Button
            className={styles.play}
            variant={live ? "default" : "filled"}
            disabled={live}
            onClick={play}
            title={live ? texts.liveHint : speed === null ? texts.playHint : texts.pauseHint}
          >
            {speed === null ? texts.play : texts.pause}
          </Button>
          <Button
            variant="default"
            rightSection={<RightIcon size={14} />}
            disabled={live}
            onClick={() => stepBy(1)}
            aria-label={texts.forward(stepText)}
            title={`${texts.forward(stepText)} (→)`}
          >
            {stepText}
          </Button>
          <Select
            className={styles.speed}
            aria-label={texts.speed}
            data={SPEEDS.map((each) => ({ value: String(each), label: `${each.toLocaleString("en")}×` }))}
            value={String(rate)}
            onChange={(value) => {
              setRate(Number(value));
              if (speed !== null) setSpeed(Number(value));
            }}
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
          <Button variant="default" onClick={() => setAsking(true)} title={texts.goToHint}>
            {texts.goTo}
          </Button>
        </div>
        {note && (
          <p className={styles.note} role="status">
            {note}
          </p>
        )}
      </div>
      <Track window={window} sensor={sensor} versions={versions} />
      {asking && <GoTo close={() => setAsking(false)} go={setMoment} from={momentNow()} />}
    </div>
  );
}

function useNote(): [string, (text: string) => void] {
  const [note, setNote] = useState("");
  const say = useCallback((text: string) => {
    setNote(text);
    setTimeout(() => setNote((old) => (old === text ? "" : old)), ARMED_MS);
  }, []);
  return [note, say];
}

function useArmed(): [() => boolean, () => void] {
  const until = useRef(0);
  const armed = useCallback(() => performance.now() < until.current, []);
  const arm = useCallback(() => {
    until.current = performance.now() + ARMED_MS;
  }, []);
  return [armed, arm];
}
