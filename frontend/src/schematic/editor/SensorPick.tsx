import { Select } from "@mantine/core";
import { useMemo, useState } from "react";
import { useEditing } from "./context";
import { bestFirst } from "./options";
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
  /** For what adds a sensor: it is empty again afterwards. */
  adds?: boolean;
  autoFocus?: boolean;
}

const filter = bestFirst();

/** A sensor of the site, found by any part of its tag or name. */
export function SensorPick(props: Props) {
  const { label, value, onChange, kinds, asset, placeholder, hideLabel = false, adds = false, autoFocus } = props;
  const { catalog } = useEditing();
  const [search, setSearch] = useState("");
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
      filter={filter}
      {...(adds && { searchValue: search, onSearchChange: setSearch })}
      autoFocus={autoFocus}
      onChange={(id) => {
        onChange(id);
        setSearch("");
      }}
      nothingFoundMessage="–"
    />
  );
}
