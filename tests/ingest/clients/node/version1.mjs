import { setTimeout as sleep } from "node:timers/promises";
import { InfluxDB } from "influx";

export default async function version1({ url, token, action, precision, points }) {
  const { hostname: host, port } = new URL(url);
  const server = new InfluxDB({ host, port: Number(port), username: "anybody", password: token, database: "any" });
  if (action === "ping") {
    const [{ online, version }] = await server.ping(5000);
    return { version: online ? version : "" };
  }
  const rows = points.map(({ site, sensor, value, time }) => ({
    measurement: site,
    tags: { sensor },
    fields: { value },
    timestamp: String(time),
  }));
  const failures = [];
  for (;;) {
    try {
      await server.writePoints(rows, { precision });
      return { failures };
    } catch (error) {
      if (action !== "retry" || failures.length > 50) {
        return { error: error.message, status: error.res?.statusCode };
      }
      failures.push(error.message);
      await sleep(200);
    }
  }
}
