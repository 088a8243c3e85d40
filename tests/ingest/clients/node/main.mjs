// InfluxDB's Node libraries, for tests: reads requests from standard input, and writes what the library says.
import { text } from "node:stream/consumers";
import version1 from "./version1.mjs";
import version2 from "./version2.mjs";

const clients = { 1: version1, 2: version2 };
const asked = JSON.parse(await text(process.stdin));
const said = [];
for (const each of asked) said.push(await clients[process.argv[2]](each));
console.log(JSON.stringify(said));
