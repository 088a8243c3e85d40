import { Select, TextInput } from "@mantine/core";
import { useReleases } from "./api";
import styles from "./operators.module.css";

export type Numbers = Record<string, number>;

export const LIMITS: Record<string, string> = {
  sensors: "Sensors",
  samples_per_s: "Samples a second",
  stream_length: "Samples waiting",
  upload_bytes: "Uploads (bytes)",
};
export const SIZES: Record<string, string> = {
  disk_gib: "Disk (GiB)",
  memory_mib: "Memory (MiB)",
  cpu_milli: "CPU (thousandths)",
};
export const GATE: Record<string, string> = {
  concurrency: "Concurrent upgrades",
  upgraded_within_s: "Upgraded within (s)",
  healthy_within_s: "Healthy within (s)",
  soak_s: "Healthy for (s)",
  max_lag_s: "Max. write lag (s)",
};

interface Props {
  title: string;
  names: Record<string, string>;
  values: Numbers;
  onChange: (values: Numbers) => void;
  note?: string;
}

/** Whole numbers side by side; what they may be is the server's to say. */
export function NumberFields({ title, names, values, onChange, note }: Props) {
  return (
    <fieldset className={styles.fields}>
      <legend>{title}</legend>
      <div>
        {Object.keys(values).map((name) => (
          <TextInput
            key={name}
            label={names[name] ?? name}
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

/** What of `after` is not as before. */
export function changed(before: Numbers, after: Numbers): Numbers {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value));
}

export const releaseName = (name: string): string => name || "No release";

export function ReleaseSelect({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const releases = useReleases().data ?? [];
  return (
    <Select
      label="Release"
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
