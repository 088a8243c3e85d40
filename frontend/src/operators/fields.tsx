import { Select, TextInput } from "@mantine/core";
import { formatBytes, formatCount } from "../format";
import { useReleases } from "./api";
import styles from "./operators.module.css";
import { texts } from "./texts";

export type Numbers = Record<string, number>;

export const LIMITS: Record<string, string> = {
  sensors: texts.sensors,
  samples_per_s: texts.samplesPerSecond,
  requests_per_s: texts.requestsPerSecond,
  stream_length: texts.queuedSamples,
  upload_bytes: texts.uploadsBytes,
  catalog_documents: texts.catalogDocuments,
  catalog_bytes: texts.catalogBytes,
  dead_letters: texts.deadLetters,
  dead_letter_bytes: texts.deadLetterBytes,
  new_series_per_hour: texts.newSeriesPerHour,
  events_per_s: texts.eventsPerSecond,
  events_per_day: texts.eventsPerDay,
  event_types: texts.eventTypes,
  event_fields: texts.eventFields,
  event_attachment_bytes: texts.eventAttachments,
  devices: texts.devices,
  open_commands: texts.openCommands,
  heartbeats_per_s: texts.heartbeatsPerSecond,
};
const inBytes = (name: string): boolean => name.endsWith("_bytes");

const labelOf = (label: string, name: string): string => (inBytes(name) ? texts.inBytes(label) : label);

/** A limit as people read it. */
export const limitText = (name: string, limit: number): string =>
  inBytes(name) ? formatBytes(limit) : formatCount(limit);

export const SIZES: Record<string, string> = {
  disk_gib: texts.diskGib,
  memory_mib: texts.memoryMib,
  cpu_milli: texts.cpuMillicores,
};
export const GATE: Record<string, string> = {
  concurrency: texts.concurrentUpgrades,
  upgraded_within_s: texts.upgradedWithinS,
  healthy_within_s: texts.healthyWithinS,
  soak_s: texts.healthyS,
  max_lag_s: texts.maxIngestDelayS,
};

interface Props {
  title: string;
  names: Record<string, string>;
  values: Numbers;
  onChange: (values: Numbers) => void;
  note?: string;
}

/** Whole numbers side by side; the server validates them. */
export function NumberFields({ title, names, values, onChange, note }: Props) {
  return (
    <fieldset className={styles.fields}>
      <legend>{title}</legend>
      <div>
        {Object.keys(values).map((name) => (
          <TextInput
            key={name}
            label={labelOf(names[name] ?? name, name)}
            description={inBytes(name) ? formatBytes(values[name] ?? 0) : undefined}
            inputWrapperOrder={["label", "input", "description"]}
            inputMode="numeric"
            value={String(values[name])}
            onChange={(event) => {
              const digits = event.currentTarget.value.replace(/\D/g, "").slice(0, 12);
              onChange({ ...values, [name]: Number(digits) });
            }}
          />
        ))}
      </div>
      {note && <p>{note}</p>}
    </fieldset>
  );
}

/** The members of `after` that differ. */
export function changed(before: Numbers, after: Numbers): Numbers {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value));
}

export const releaseName = (name: string): string => name || texts.noRelease;

export function ReleaseSelect({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const releases = useReleases().data ?? [];
  return (
    <Select
      label={texts.release}
      searchable={releases.length > 8}
      data={[
        { value: "", label: releaseName("") },
        ...releases.map((each) => ({ value: each.name, label: each.name })),
      ]}
      value={value}
      onChange={(name) => onChange(name ?? "")}
    />
  );
}

export const RINGS = ["canary", "early", "all"] as const;
export type Ring = (typeof RINGS)[number];
