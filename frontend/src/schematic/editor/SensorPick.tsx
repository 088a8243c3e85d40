import { Select } from "@mantine/core";
import { useMemo } from "react";
import { useEditing } from "./context";
import { texts } from "./texts";

interface Props {
  label: string;
  value: string | null;
  onChange: (sensor: string | null) => void;
  /** Only sensors of these kinds. */
  kinds?: readonly string[];
  /** Listed first: the sensors of this asset. */
  asset?: string | undefined;
  placeholder?: string;
  hideLabel?: boolean;
}

const SHOWN = 40;

/** A sensor of the site, found by any part of its tag or name. */
export function SensorPick({ label, value, onChange, kinds, asset, placeholder, hideLabel = false }: Props) {
  const { catalog } = useEditing();
  const data = useMemo(() => {
    const fitting = catalog.sensors.filter(({ kind }) => !kinds || kinds.includes(kind));
    const own = fitting.filter((sensor) => asset !== undefined && sensor.asset === asset);
    const ordered = own.length > 0 ? [...own, ...fitting.filter((sensor) => sensor.asset !== asset)] : fitting;
    return ordered.map(({ id, tag, name }) => ({ value: id, label: name && name !== tag ? `${tag} · ${name}` : tag }));
  }, [catalog, kinds, asset]);
  return (
    <Select
      searchable
      label={hideLabel ? undefined : label}
      aria-label={label}
      placeholder={placeholder ?? texts.properties.choose}
      value={value}
      data={data}
      limit={SHOWN}
      onChange={onChange}
      nothingFoundMessage="–"
    />
  );
}
