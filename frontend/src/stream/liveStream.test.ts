// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LiveStream, covers, subscriptionOf } from "./liveStream";
import { serveStreams } from "./testStream";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const values = (...rows: [string, number, number][]) => ({
  at: Date.now(),
  catalog: "a:1",
  values: rows.map(([sensor, t, v]) => ({ sensor, t, v })),
});

it("asks for everything on the page by one stream", async () => {
  const { streams } = serveStreams();
  const stream = new LiveStream();
  stream.want({ tenant: "plant", sensors: ["s2", "s1"] });
  stream.want({ tenant: "plant", sensors: ["s2", "s3"], topics: ["jobs"] });
  await later(100);
  expect(streams).toHaveLength(1);
  expect(Object.fromEntries(streams[0]!.url.searchParams)).toEqual({ sensors: "s1,s2,s3", topics: "jobs" });
  expect(streams[0]!.headers.get("X-Plantrace-Tenant")).toBe("plant");
});

it("shows what arrives from the source that is watched, by the same stream", async () => {
  const { streams } = serveStreams();
  const stream = new LiveStream();
  const seen: string[] = [];
  stream.listen({ arrivals: ({ arrivals }) => seen.push(...arrivals.map((each) => each.text)) });
  stream.want({ tenant: "plant", topics: ["jobs"] });
  stream.want({ tenant: "plant", watch: "influxdb" });
  await later(100);
  expect(Object.fromEntries(streams[0]!.url.searchParams)).toEqual({ topics: "jobs", watch: "influxdb" });
  streams[0]!.send("arrivals", {
    topic: "arrivals/influxdb",
    at: 1,
    of: 9,
    sender: "a",
    arrivals: [{ text: "m x=1" }],
  });
  await later(1);
  expect(seen).toEqual(["m x=1"]);
});

it("keeps its stream when less is wanted, and opens another for more or for another tenant", async () => {
  const { streams } = serveStreams();
  const stream = new LiveStream();
  const end = stream.want({ tenant: "plant", sensors: ["s1", "s2"] });
  stream.want({ tenant: "plant", sensors: ["s1"] });
  await later(100);
  end();
  await later(10_000);
  expect(streams).toHaveLength(1);
  stream.want({ tenant: "plant", sensors: ["s4"] });
  await later(100);
  expect(streams).toHaveLength(2);
  streams[1]!.send("values", values(["s4", 1, 4]));
  await later(1);
  stream.want({ tenant: "rival", sensors: ["s4"] });
  await later(100);
  expect(streams[2]!.headers.get("X-Plantrace-Tenant")).toBe("rival");
  expect(stream.value("s4")).toBeUndefined();
});

it("goes on after the last event once the connection is lost, and keeps what it knows", async () => {
  const { streams } = serveStreams();
  const stream = new LiveStream();
  const states: string[] = [];
  stream.listen({ state: (state) => states.push(state) });
  stream.want({ tenant: "plant", sensors: ["s1"] });
  await later(100);
  streams[0]!.send("values", values(["s1", 5, 7]), "40-2");
  await later(1);
  expect(stream.state).toBe("live");
  streams[0]!.end();
  await later(10);
  expect(stream.state).toBe("reconnecting");
  expect(stream.value("s1")?.value.v).toBe(7);
  await later(1000);
  expect(streams[1]!.headers.get("Last-Event-ID")).toBe("40-2");
  streams[1]!.comment();
  await later(1);
  expect(stream.state).toBe("live");
  expect(stream.value("s1")?.value.v).toBe(7);
  expect(states).toEqual(["connecting", "live", "reconnecting", "live"]);
});

it("is live again only with the values that follow, if everything has to be read again", async () => {
  const { streams } = serveStreams();
  const stream = new LiveStream();
  stream.want({ tenant: "plant", sensors: ["s1"] });
  await later(100);
  streams[0]!.send("values", values(["s1", 5, 7]));
  await later(1);
  streams[0]!.end();
  await later(1000);
  streams[1]!.send("reload", {});
  await later(1);
  expect(stream.state).toBe("reconnecting");
  streams[1]!.send("values", values(["s1", 6, 8]));
  await later(1);
  expect([stream.state, stream.value("s1")?.value.v]).toEqual(["live", 8]);
});

it("takes a silent connection for lost", async () => {
  const { streams } = serveStreams();
  const stream = new LiveStream();
  stream.want({ tenant: "plant", topics: ["jobs"] });
  await later(100);
  streams[0]!.comment();
  await later(14_000);
  expect(stream.state).toBe("live");
  await later(2000);
  expect(streams).toHaveLength(2);
});

it("waits longer after each failure, and a minute where it is refused", async () => {
  let status = 503;
  const { streams } = serveStreams(() => status);
  const stream = new LiveStream();
  stream.want({ tenant: "plant", topics: ["jobs"] });
  await later(30_000);
  expect(streams.length).toBeGreaterThan(4);
  expect(streams.length).toBeLessThan(14);
  status = 403;
  await later(16_000);
  expect(stream.state).toBe("refused");
  const before = streams.length;
  await later(50_000);
  expect(streams.length - before).toBeLessThanOrEqual(1);
});

it("opens a new stream, without going on, when the catalog has changed", async () => {
  const { streams } = serveStreams();
  const stream = new LiveStream();
  stream.want({ tenant: "plant", sensors: ["s1"] });
  await later(100);
  streams[0]!.send("values", values(["s1", 1, 1]), "7-0");
  streams[0]!.send("catalog", {}, "7-0");
  streams[0]!.send("catalog", {}, "7-0");
  await later(10_000);
  expect(streams).toHaveLength(2);
  expect(streams[1]!.headers.get("Last-Event-ID")).toBeNull();
});

it("closes the stream some seconds after nothing is wanted any more", async () => {
  serveStreams();
  const stream = new LiveStream();
  const end = stream.want({ tenant: "plant", topics: ["jobs"] });
  await later(100);
  end();
  await later(1000);
  expect(stream.state).toBe("connecting");
  await later(5000);
  expect(stream.state).toBe("off");
});

it("wants nothing of other tenants than the one asked for last", () => {
  const wants = new Set([
    { tenant: "plant", sensors: ["s1"] },
    { tenant: null, topics: ["tenants" as const] },
    { tenant: null, sensors: [] },
  ]);
  expect(subscriptionOf(wants)).toEqual({ tenant: null, query: { topics: "tenants" } });
  expect(subscriptionOf(new Set())).toBeUndefined();
  const open = { tenant: "plant", query: { sensors: "s1,s2", site: "p1" } };
  expect(covers(open, { tenant: "plant", query: { sensors: "s2" } })).toBe(true);
  expect(covers(open, { tenant: "plant", query: { sensors: "s3" } })).toBe(false);
  expect(covers(open, { tenant: null, query: { sensors: "s2" } })).toBe(false);
});
