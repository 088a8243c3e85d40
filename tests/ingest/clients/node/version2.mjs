import { InfluxDB, Point, setLogger } from "@influxdata/influxdb-client";
import { HealthAPI, PingAPI, ReadyAPI } from "@influxdata/influxdb-client-apis";

setLogger({ error() {}, warn() {} });

export default async function version2({ url, token, action, precision, gzip, points }) {
  const server = new InfluxDB({ url, token });
  if (action === "ping") {
    await new PingAPI(server).getPing();
    const health = await new HealthAPI(server).getHealth();
    const ready = await new ReadyAPI(server).getReady();
    return { version: health.version, health: health.status, ready: ready.status };
  }
  const failures = [];
  let accept;
  const accepted = new Promise((resolve) => (accept = resolve));
  const writer = server.getWriteApi("any", "any", precision, {
    gzipThreshold: gzip ? 0 : Infinity,
    writeFailed: (error) => void failures.push(error.message),
    writeSuccess: accept,
    maxRetries: 100,
    retryJitter: 1000, // it takes `Retry-After` for milliseconds, and adds up to this
  });
  for (const { site, sensor, value, time } of points) {
    writer.writePoint(new Point(site).tag("sensor", sensor).floatField("value", value).timestamp(String(time)));
  }
  try {
    if (action === "retry") {
      await writer.flush().catch(() => {}); // on close it tries only once
      await accepted;
    }
    await writer.close();
  } catch (error) {
    return { status: error.statusCode, error: error.message };
  }
  return { failures };
}
