import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, get } from "../../api/client";
import type { Page } from "../../api/client";
import type { components } from "../../api/schema";
import { useTenant } from "../../tenant";

type Schemas = components["schemas"];

export type Sink = Schemas["Sink"];
export type SinkTest = Schemas["SinkTest"];
/** What was left out has its default; a password that is left out stays. */
export type MqttSettings = Pick<Schemas["MqttSettings"], "kind" | "host"> & Partial<Schemas["MqttSettings"]>;
export type KafkaSettings = Pick<Schemas["KafkaSettings"], "kind" | "servers"> & Partial<Schemas["KafkaSettings"]>;
export type SinkSettings = MqttSettings | KafkaSettings;
export interface SinkContent {
  name: string;
  enabled: boolean;
  settings: SinkSettings;
}

const SINKS = "/api/v1/alarm-sinks";
const KEY = "alarm sinks";
const POLL_MS = 5_000;

export const putSink = (body: SinkContent, sink: Sink | undefined) =>
  sink
    ? call<Sink>("PUT", `${SINKS}/${sink.id}`, { body: { ...body, revision: sink.revision } })
    : call<Sink>("POST", SINKS, { body });
export const deleteSink = ({ id, revision }: Sink) =>
  call<undefined>("DELETE", `${SINKS}/${id}`, { headers: { "If-Match": `"${revision}"` } });
export const testSink = ({ id }: Sink) => call<SinkTest>("POST", `${SINKS}/${id}/test`);

/** With how they do, so they are read again and again. */
export function useSinks() {
  const tenant = useTenant();
  return useQuery({
    queryKey: [tenant?.slug, KEY],
    queryFn: async ({ signal }) => (await get<Page<Sink>>(SINKS, { limit: 100 }, signal)).results,
    enabled: !!tenant && tenant.role !== "viewer",
    refetchInterval: POLL_MS,
  });
}

/** Changes a sink; the list is read again. */
export function useSinkChange<Made>(change: () => Promise<Made>, done: () => void) {
  const client = useQueryClient();
  const tenant = useTenant();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [tenant?.slug, KEY] });
      done();
    },
  });
}
