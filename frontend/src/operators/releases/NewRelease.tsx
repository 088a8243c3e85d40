import { Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { createRelease } from "../api";
import { texts } from "./texts";

const FIELDS: [key: string, label: string, example: string][] = [
  ["chart", texts.chartVersion, "1.4.0"],
  ["influxdb", texts.influxdbImage, "registry.example/influxdb:1.8.10"],
  ["plantrace", texts.plantraceImage, "registry.example/plantrace:2.4.0"],
  ["cacheMaxMemory", texts.influxdbCacheSize, "512m"],
  ["snapshotColdDuration", texts.influxdbSnapshotIdleTime, "2m"],
];

/** A release is immutable, so everything is set here. Empty fields keep the chart's defaults. */
export function NewRelease({ close }: { close: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [notes, setNotes] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const of = (...keys: string[]) =>
    Object.fromEntries(keys.filter((key) => values[key]?.trim()).map((key) => [key, values[key]!.trim()]));
  const make = useMutation({
    mutationFn: () =>
      createRelease({
        name: name.trim(),
        chart_version: values.chart?.trim() ?? "",
        images: of("influxdb", "plantrace"),
        settings: of("cacheMaxMemory", "snapshotColdDuration"),
        notes,
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["releases"] });
      close();
    },
  });
  const submit = () => make.mutate();
  return (
    <Modal opened onClose={close} title={texts.newRelease} size={460}>
      <SubmitForm onSubmit={submit} error={make.error}>
        <TextInput
          label={texts.name}
          description={texts.immutable}
          placeholder="2.4.0"
          data-autofocus
          maxLength={63}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {FIELDS.map(([key, label, example]) => (
          <TextInput
            key={key}
            label={label}
            placeholder={texts.chartDefault(example)}
            spellCheck={false}
            value={values[key] ?? ""}
            onChange={(event) => setValues({ ...values, [key]: event.currentTarget.value })}
          />
        ))}
        <TextInput
          label={texts.notes}
          placeholder={texts.notesPlaceholder}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        <Actions does={texts.create} close={close} disabled={!name.trim()} loading={make.isPending} />
      </SubmitForm>
    </Modal>
  );
}
