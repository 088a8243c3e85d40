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

/** Line protocol escapes a space, a comma or an equals sign in a name with a backslash. */
const name = (text: string) => text.replace(/[ ,=]/g, "\\$&");
/** One word for a POSIX shell, whatever is in it. */
const word = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** A string of TOML or Python. */
const quoted = (text: string) => JSON.stringify(text);

/** Ways to send the first sample: each is complete, and they differ only in the program that sends. */
export function snippets({ url, token, site, tag }: Sending): Snippet[] {
  const { hostname, port, protocol } = new URL(url);
  const ssl = protocol === "https:";
  const output = `[[outputs.influxdb_v2]]
  urls = [${quoted(url)}]
  token = ${quoted(token)}
  organization = "any"
  bucket = "any"`;
  return [
    {
      name: "curl",
      text: `curl -i -H ${word(`Authorization: Bearer ${token}`)} ${word(`${url}/write`)} \\
  --data-binary ${word(`${name(site)},sensor=${name(tag)} value=21.5`)}`,
    },
    {
      name: "Telegraf",
      text: `${output}

[[inputs.mock]]            # in place of this: modbus, opcua, …
  metric_name = ${quoted(site)}
  [inputs.mock.tags]
    sensor = ${quoted(tag)}
  [[inputs.mock.random]]
    name = "value"
    min = 20.0
    max = 22.0`,
    },
    {
      name: "MQTT",
      text: `# Telegraf takes from your broker and sends on. A message is a number:
# mosquitto_pub -h BROKER -t ${word(`plant/${tag}`)} -m 21.5
${output}

[[inputs.mqtt_consumer]]
  servers = ["tcp://BROKER:1883"]
  topics = ["plant/+"]
  topic_tag = ""
  name_override = ${quoted(site)}
  data_format = "value"
  data_type = "float"
  [[inputs.mqtt_consumer.topic_parsing]]
    topic = "plant/+"
    tags = "_/sensor"      # the topic's last part is the sensor`,
    },
    {
      name: "InfluxDB 2 client",
      text: `# pip install influxdb-client
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS

with InfluxDBClient(${quoted(url)}, ${quoted(token)}, org="any") as client:
    point = Point(${quoted(site)}).tag("sensor", ${quoted(tag)}).field("value", 21.5)
    client.write_api(SYNCHRONOUS).write("any", record=point)`,
    },
    {
      name: "InfluxDB 1 client",
      text: `# pip install influxdb
from influxdb import InfluxDBClient

client = InfluxDBClient(${quoted(hostname)}, ${port || (ssl ? 443 : 80)}, "any", ${quoted(token)}, "any"${ssl ? ", ssl=True, verify_ssl=True" : ""})
client.write_points(
    [{"measurement": ${quoted(site)}, "tags": {"sensor": ${quoted(tag)}}, "fields": {"value": 21.5}}]
)`,
    },
  ];
}
