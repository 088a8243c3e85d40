import { describe, expect, it } from "vitest";
import type { Flow } from "../../api/types";
import { findingsOf, pictureOf, rateOf } from "./model";

const AT = 1_800_000_000_000;
const steps = (value: number, last = value): number[] => [...Array<number>(89).fill(value), last];
const zeros = steps(0);

function flowOf(changes: Partial<Flow> = {}): Flow {
  return {
    at: AT,
    start: AT - 900_000,
    step_ms: 10_000,
    samples_per_s: 1000,
    sources: [
      {
        id: "influxdb",
        name: "",
        kind: "influxdb",
        on_error: "skip",
        paused: null,
        accepted: steps(50, 3),
        rejected: zeros,
        requests: steps(5),
        turned_away: zeros,
        last_error: null,
        senders: 2,
        last: AT - 1000,
      },
    ],
    queue: { waiting: 0, limit: 1000, oldest: null },
    writer: {
      stored: steps(50, 3),
      rejected: zeros,
      left_out: zeros,
      batches: steps(10),
      lag_ms: steps(400),
      busy_ms: steps(100),
      last: AT,
    },
    sensors: { known: 10, limit: 100, unmapped: 0 },
    letters: { kept: 0, limit: 100, dropped: 0 },
    ...changes,
  };
}

const shown = (flow: Flow, databaseUp = true) => pictureOf(flow, flow, undefined, databaseUp);

describe("rates", () => {
  it("leave out the step that has only begun", () => expect(rateOf(steps(50, 0), 10_000)).toBe(5));
  it("are zero where nothing is known", () => expect(rateOf([], 10_000)).toBe(0));
  it("are of one step where steps are longer than a minute", () => expect(rateOf([0, 600, 1], 600_000)).toBe(1));
});

describe("the picture", () => {
  it("is calm while samples pass", () => {
    const { sources, queue, writer, database, letters, rate, lagMs } = shown(flowOf());
    expect([...sources, queue, writer, database, letters].map((stage) => stage.health)).toEqual([
      "good",
      "idle",
      "good",
      "good",
      "idle",
    ]);
    expect([rate, lagMs]).toEqual([5, 40]);
  });

  it("marks a source whose samples are rejected now, not one whose were long ago", () => {
    const rejecting = (rejected: number[]) => shown(flowOf({ sources: [{ ...flowOf().sources[0]!, rejected }] }));
    expect(rejecting(steps(0, 2)).sources[0]!.health).toBe("bad");
    expect(rejecting([9, ...zeros.slice(1)]).sources[0]!.health).toBe("good");
  });

  it("shows a paused source as such, and where to resume it", () => {
    const source = {
      ...flowOf().sources[0]!,
      id: "q1",
      name: "Press 4",
      turned_away: steps(0, 7),
      paused: { since: AT - 120_000, by: "anna", reason: "" },
    };
    const paused = flowOf({ sources: [source] });
    const [stage] = shown(paused).sources;
    const detail = "paused for 2 min · 7 requests turned away";
    expect([stage!.title, stage!.health, stage!.detail]).toEqual(["Press 4", "slow", detail]);
    const [finding] = findingsOf(paused, paused, "15 min", undefined, "");
    expect([finding!.level, finding!.stage, finding!.what]).toEqual([3, "q1", "Press 4 was paused by anna"]);
  });

  it("shows a source that an error has stopped, with the error, as worse than one that somebody paused", () => {
    const paused = { since: AT - 120_000, by: "", reason: "no sensor TT-9" };
    const stopped = flowOf({ sources: [{ ...flowOf().sources[0]!, name: "Press 4", paused }] });
    expect(shown(stopped).sources[0]!.health).toBe("bad");
    const [finding] = findingsOf(stopped, stopped, "15 min", undefined, "");
    expect([finding!.level, finding!.what]).toEqual([2, "Press 4 was stopped by an error"]);
    expect(finding!.why).toContain("no sensor TT-9");
  });

  it("shows a source whose batches are turned away until they can be stored", () => {
    const last_error = { at: AT, reason: "no sensor TT-9", item: "" };
    const retrying = flowOf({ sources: [{ ...flowOf().sources[0]!, turned_away: steps(0, 7), last_error }] });
    const [stage] = shown(retrying).sources;
    expect([stage!.health, stage!.rejecting], "nothing becomes a dead letter").toEqual(["bad", false]);
    const [finding] = findingsOf(retrying, retrying, "15 min", undefined, "");
    expect([finding!.level, finding!.what]).toEqual([2, "InfluxDB line protocol: 7 requests turned away in 15 min"]);
    expect(finding!.why).toContain("no sensor TT-9");
  });

  it("says how long ago something arrived where nothing does", () => {
    const silent = { ...flowOf().sources[0]!, accepted: zeros, last: AT - 180_000 };
    const [stage] = shown(flowOf({ sources: [silent] })).sources;
    expect(stage!.health).toBe("idle");
    expect(stage!.detail).toContain("3 min");
  });

  it("calls the writer stuck while samples wait", () => {
    const waiting = flowOf({ queue: { waiting: 7, limit: 1000, oldest: AT - 60_000 } });
    const { queue, writer } = shown(waiting);
    expect([queue.health, writer.health]).toEqual(["bad", "bad"]);
    expect(shown(waiting, false).database.health).toBe("bad");
  });
});

describe("findings", () => {
  it("are none while every sample is stored", () =>
    expect(findingsOf(flowOf(), flowOf(), "15 min", undefined, "")).toEqual([]));

  it("name the source, how many, and the newest reason", () => {
    const rejecting = flowOf({ sources: [{ ...flowOf().sources[0]!, rejected: steps(0, 4) }] });
    const [finding] = findingsOf(flowOf(), rejecting, "1 d", "no sensor TT-9", "");
    expect(finding!.what).toContain("4 samples rejected in 1 d");
    expect(finding!.why).toContain("no sensor TT-9");
    expect(finding!.at).toBe("letters");
  });

  it("put rejected samples before limits that are near", () => {
    const flow = flowOf({
      sources: [{ ...flowOf().sources[0]!, rejected: steps(0, 4) }],
      sensors: { known: 95, limit: 100, unmapped: 3 },
      letters: { kept: 100, limit: 100, dropped: 3 },
    });
    expect(
      findingsOf(flow, flow, "15 min", undefined, "95 of 100 series exist.").map((each) => [each.level, each.id]),
    ).toEqual([
      [2, "rejected-influxdb"],
      [3, "series"],
      [3, "unmapped"],
      [3, "full"],
    ]);
  });
});
