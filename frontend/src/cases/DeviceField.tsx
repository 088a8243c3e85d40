import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get, tenantOfPath } from "../api/client";
import type { Result } from "../api/types";
import { texts } from "./texts";

const PATH = "/api/v1/devices";
const TYPING_MS = 200;
const MAX_OPTIONS = 30;

interface Props {
  /** A device's id. */
  value: string | null;
  onChange: (id: string | null) => void;
}

/** A device, found by any part of its name: a tenant may have thousands. */
export function DeviceField({ value, onChange }: Props) {
  const [text, setText] = useState("");
  const [words] = useDebouncedValue(text.trim(), TYPING_MS);
  const tenant = tenantOfPath();
  const found = useQuery({
    queryKey: [tenant, "devices for cases", words],
    queryFn: ({ signal }) => get<Result<"devicesList">>(PATH, { q: words || undefined, limit: MAX_OPTIONS }, signal),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const chosen = useQuery({
    queryKey: [tenant, "device of a case", value],
    queryFn: ({ signal }) => get<Result<"deviceRead">>(`${PATH}/${value}`, undefined, signal),
    enabled: value !== null,
    staleTime: 60_000,
    retry: false,
  });
  const devices = new Map((found.data?.results ?? []).map(({ id, name }) => [id, name]));
  if (value !== null) devices.set(value, chosen.data?.name ?? devices.get(value) ?? value);
  return (
    <Select
      searchable
      clearable
      label={texts.device}
      description={texts.deviceHint}
      data={[...devices].map(([id, name]) => ({ value: id, label: name }))}
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
      searchValue={text}
      onSearchChange={setText}
      nothingFoundMessage="–"
    />
  );
}
