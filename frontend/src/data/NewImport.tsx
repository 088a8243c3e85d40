import { Button, Checkbox, FileInput, Select, TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useMemo, useState } from "react";
import { useSite, useSites } from "../tenant";
import { Card } from "../ui/Card";
import { Trouble } from "../ui/states";
import ui from "../ui/ui.module.css";
import { startImport } from "./api";
import { makeMapping } from "./mapping";
import styles from "./data.module.css";

interface Props {
  close: () => void;
  started: (id: string) => void;
}

const LAYOUTS = [
  { value: "wide", label: "One column a sensor" },
  { value: "long", label: "One row a sample" },
];

/** Files and how to read them. Without a mapping of columns, headers that are tags of the site are taken. */
export function NewImport({ close, started }: Props) {
  const sites = useSites().data ?? [];
  const site = useSite();
  const [files, setFiles] = useState<File[]>([]);
  const [chosen, setChosen] = useState(site?.slug ?? "");
  const [layout, setLayout] = useState<"wide" | "long">("wide");
  const [zone, setZone] = useState("");
  const [format, setFormat] = useState("");
  const [columns, setColumns] = useState("");
  const [dry, setDry] = useState(true);
  const made = useMemo(
    () => makeMapping({ site: chosen, layout, zone, format, columns }),
    [chosen, layout, zone, format, columns],
  );
  const send = useMutation({
    mutationFn: () => startImport(files, made.mapping, dry),
    onSuccess: ({ id }) => started(id),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!made.error) send.mutate();
  };
  return (
    <Card
      title="Import history"
      aside={
        <Button variant="default" onClick={close}>
          Close
        </Button>
      }
    >
      <form className={styles.import} onSubmit={submit}>
        {send.isError && <Trouble error={send.error} />}
        <FileInput
          size="xs"
          label="Files"
          placeholder="CSV, plain or gzipped"
          multiple
          value={files}
          onChange={setFiles}
        />
        <Select
          label="Site"
          data={sites.map((each) => ({ value: each.slug, label: each.name }))}
          value={chosen}
          onChange={(value) => value && setChosen(value)}
        />
        <Select label="Form" data={LAYOUTS} value={layout} onChange={(value) => setLayout(value as "wide" | "long")} />
        <TextInput
          label="Time zone of times without one"
          placeholder={sites.find((each) => each.slug === chosen)?.timezone ?? "UTC"}
          value={zone}
          onChange={(event) => setZone(event.currentTarget.value)}
        />
        <TextInput
          label="Form of the time"
          placeholder="Told from the file, or like %m/%d/%Y %H:%M"
          value={format}
          onChange={(event) => setFormat(event.currentTarget.value)}
        />
        <Textarea
          size="xs"
          className={styles.wide}
          label={layout === "wide" ? "Columns and their sensors" : "Names in the file and their sensors"}
          description="One a line, like Volume Flow RateRMS = FT-101. Leave empty where they are the sensors' tags already."
          autosize
          minRows={3}
          maxRows={12}
          value={columns}
          onChange={(event) => setColumns(event.currentTarget.value)}
          error={made.error}
        />
        <Checkbox
          size="xs"
          className={styles.wide}
          label="Dry run: report what it would do, write nothing"
          checked={dry}
          onChange={(event) => setDry(event.currentTarget.checked)}
        />
        <div className={ui.actions}>
          <Button
            type="submit"
            loading={send.isPending}
            disabled={files.length === 0 || !chosen || made.error !== null}
          >
            {dry ? "Try it" : "Import"}
          </Button>
        </div>
      </form>
    </Card>
  );
}
