import { useCallback, useRef, useState } from "react";
import { useShortcuts } from "../../keyboard";
import { momentNow, setMoment } from "../../moment";
import { loopFrom, loopUntil } from "../core/loop";
import { stepOf } from "../core/window";
import type { TimeWindow } from "../core/window";
import type { Timeline, Way } from "../useTimeline";
import { texts as all } from "../texts";
import { usePlayer } from "./usePlayer";

const texts = all.time;
const ARMED_MS = 2500;

export const STEPS = ["time", "frame", "sample", "event"] as const;
export type StepKind = (typeof STEPS)[number];

export interface TransportProps {
  span: number;
  speed: number | null;
  setSpeed: (speed: number | null) => void;
  loop: TimeWindow | null;
  setLoop: (loop: TimeWindow | null) => void;
  timeline: Timeline;
}

const presentOrPast = () => momentNow() ?? Date.now();
const goTo = (at: number) => setMoment(at >= Date.now() ? null : at);

/** Playing, stepping and looping, by button and by key, and what is to be said about it. */
export function useTransport({ span, speed, setSpeed, loop, setLoop, timeline }: TransportProps) {
  const [rate, setRate] = useState(60);
  const [asking, setAsking] = useState(false);
  const [note, say] = useNote();

  const move = (at: number | undefined, none: string) => {
    if (at === undefined) say(none);
    else goTo(at);
  };
  const beside: Record<StepKind, (at: number, way: Way) => number | undefined | Promise<number | undefined>> = {
    time: (at, way) => at + way * stepOf(span),
    frame: timeline.frame,
    sample: timeline.sample,
    event: timeline.event,
  };
  const step = (kind: StepKind, way: Way) => {
    const live = momentNow() === null;
    if (live && way > 0) return;
    const at = presentOrPast();
    const none = texts.none[kind][way > 0 ? 1 : 0]!;
    const found = beside[kind](at, way);
    if (!(found instanceof Promise)) return move(found, none);
    // The playhead may have been moved before the answer.
    const still = () => (momentNow() === null) === live && (live || momentNow() === at);
    found.then(
      (next) => still() && move(next, none),
      (error: Error) => say(texts.stepFailed(error.message)),
    );
  };
  const play = () => {
    if (speed !== null) setSpeed(null);
    else if (momentNow() !== null) setSpeed(rate);
    else if (loop || rate < 0) {
      setMoment(loop && loop.end <= Date.now() ? (rate > 0 ? loop.start : loop.end) : Date.now() - 1000);
      setSpeed(rate);
    } else say(texts.playLive);
  };
  const stop = useCallback(() => setSpeed(null), [setSpeed]);
  usePlayer(speed, stop, loop);
  const choose = (next: number) => {
    setRate(next);
    if (speed !== null) setSpeed(next);
  };
  const loopAt = (make: typeof loopFrom) => {
    const at = momentNow();
    if (at === null) say(texts.loopLive);
    else setLoop(make(loop, at, span));
  };

  // A key pressed by accident must not leave LIVE: the first press announces what the second will do.
  const [armed, arm] = useArmed();
  const guarded = (action: () => void) => {
    if (momentNow() === null && !armed()) {
      arm();
      say(texts.confirmHistory);
    } else action();
  };
  const leavesLive = () => momentNow() === null && (loop !== null || rate < 0);
  const back = (kind: StepKind) => () => guarded(() => step(kind, -1));
  const forward = (kind: StepKind) => () => step(kind, 1);
  useShortcuts("timeBar", {
    play: () => (leavesLive() ? guarded(play) : play()),
    reverse: () => choose(-rate),
    stepBack: back("time"),
    stepForward: forward("time"),
    previousFrame: back("frame"),
    nextFrame: forward("frame"),
    previousSample: back("sample"),
    nextSample: forward("sample"),
    previousEvent: back("event"),
    nextEvent: forward("event"),
    goTo: () => setAsking(true),
    loopFrom: () => loopAt(loopFrom),
    loopUntil: () => loopAt(loopUntil),
    loopOff: () => setLoop(null),
  });
  return { rate, choose, play, step, loopAt, asking, setAsking, note, say };
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
