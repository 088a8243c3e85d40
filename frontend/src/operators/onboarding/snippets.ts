export interface Sending {
  url: string;
  token: string;
  site: string;
  tag: string;
}

export interface Snippet {
  name: string;
  text: string;
}

/** Ways to send the first sample: each is whole, and differs from the next only in the program that sends. */
export function snippets({ url, token, site, tag }: Sending): Snippet[] {
  const { hostname, port, protocol } = new URL(url);
  const ssl = protocol === "https:";
  return [
    {
      name: "curl",
      text: `curl -i -H "Authorization: Bearer ${token}" "${url}/write" \\
  --data-binary "${site},sensor=${tag} value=21.5"`,
    },
    {
      name: "Telegraf",
      text: `[[outputs.influxdb_v2]]
  urls = ["${url}"]
  token = "${token}"
  organization = "any"
  bucket = "any"

[[inputs.mock]]            # in place of this: modbus, opcua, mqtt_consumer, …
  metric_name = "${site}"
  [inputs.mock.tags]
    sensor = "${tag}"
  [[inputs.mock.random]]
    name = "value"
    min = 20.0
    max = 22.0`,
    },
    {
      name: "InfluxDB 2 client",
      text: `# pip install influxdb-client
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS

with InfluxDBClient("${url}", "${token}", org="any") as client:
    point = Point("${site}").tag("sensor", "${tag}").field("value", 21.5)
    client.write_api(SYNCHRONOUS).write("any", record=point)`,
    },
    {
      name: "InfluxDB 1 client",
      text: `# pip install influxdb
from influxdb import InfluxDBClient

client = InfluxDBClient("${hostname}", ${port || (ssl ? 443 : 80)}, "any", "${token}", "any"${ssl ? ", ssl=True, verify_ssl=True" : ""})
client.write_points(
    [{"measurement": "${site}", "tags": {"sensor": "${tag}"}, "fields": {"value": 21.5}}]
)`,
    },
  ];
}
