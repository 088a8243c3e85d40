import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSiteCatalog } from "../../catalog";
import type { SiteCatalog } from "../../catalog";
import { displayUnit, formatCount } from "../../format";
import { DataTable } from "../../ui/DataTable";
import ui from "../../ui/ui.module.css";
import type { Head } from "./head";
import { listOf, viewOf, withSensor } from "./mapping";
import type { MappingView } from "./mapping";
import styles from "./imports.module.css";
import { texts } from "./texts";

const MAX_ROWS = 100;
const MAX_SUGGESTED = 2_000;

interface Props {
  text: string;
  setText: (text: string) => void;
  head: Head | null;
  site: string | undefined;
}

/** Which column (or which name in the file) is which sensor. */
export function ColumnTable({ text, setText, head, site }: Props) {
  const { catalog } = useSiteCatalog(site);
  const view = viewOf(text);
  const [added, setAdded] = useState("");
  const names = rowNames(view, head);
  const put = (name: string, sensor: string) => {
    // As soon as one column is mapped, only mapped ones are read: those matched by their tag are mapped first.
    const start = view.sensors
      ? text
      : matched(names, view, catalog).reduce((out, each) => withSensor(out, each, each), text);
    setText(withSensor(start, name, sensor));
  };
  const sensorFor = (name: string) =>
    view.sensors ? (view.sensors.get(name) ?? "") : catalog?.sensorByTag.has(name) ? name : "";
  const about = (sensor: string) => {
    const known = catalog?.sensorByTag.get(sensor) ?? catalog?.sensorById.get(sensor);
    if (known) return [known.name, displayUnit(known.unit)].filter(Boolean).join(", ");
    return sensor && catalog ? texts.unknownSensor : "–";
  };
  const wide = view.layout === "wide";
  const what = wide ? texts.column : texts.nameInFile;
  return (
    <div className={styles.columns}>
      <datalist id="import-sensors">
        {catalog?.sensors.slice(0, MAX_SUGGESTED).map((sensor) => (
          <option key={sensor.id} value={sensor.tag}>
            {sensor.name}
          </option>
        ))}
      </datalist>
      {names.length > 0 && (
        <DataTable
          className={styles.columnTable}
          rows={names.slice(0, MAX_ROWS)}
          keyOf={(name) => name}
          columns={[
            { head: what, className: styles.columnName, cell: (name) => name },
            wide &&
              head !== null && {
                head: texts.firstValue,
                className: ui.quiet,
                cell: (name: string) => firstValue(head, name),
              },
            {
              head: texts.sensor,
              cell: (name) => (
                <TextInput
                  aria-label={texts.sensorOf(name)}
                  list="import-sensors"
                  placeholder={texts.notImported}
                  value={sensorFor(name)}
                  onChange={(event) => put(name, event.currentTarget.value.trim())}
                />
              ),
            },
            { head: texts.nameAndUnit, className: ui.quiet, cell: (name) => about(sensorFor(name)) },
          ]}
        />
      )}
      {names.length > MAX_ROWS && <p className={ui.quiet}>{texts.moreColumns(formatCount(names.length - MAX_ROWS))}</p>}
      {!wide && names.length === 0 && <p className={ui.quiet}>{texts.autoMapped}</p>}
      {(!wide || !head) && (
        <div className={styles.add}>
          <TextInput
            aria-label={wide ? texts.addColumn : texts.addName}
            placeholder={wide ? texts.columnInFile : texts.nameInFile}
            value={added}
            onChange={(event) => setAdded(event.currentTarget.value)}
          />
          <Button
            variant="default"
            disabled={!added.trim() || names.includes(added.trim())}
            onClick={() => {
              put(added.trim(), "?");
              setAdded("");
            }}
          >
            {wide ? texts.addColumn : texts.addName}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The columns of the file that may contain values, then those that only the mapping names. */
function rowNames(view: MappingView, head: Head | null): string[] {
  const named = [...(view.sensors?.keys() ?? [])].filter((name) => name !== "*");
  if (view.layout === "long") return named;
  const time = view.text(["time", "column"]);
  const times = time ? time.split(", ") : head ? [head.columns[0] ?? ""] : [];
  const other = new Set([...times, view.text(["quality_column"]), ...view.ignore]);
  return [...new Set([...(head?.columns ?? []).filter((name) => name && !other.has(name)), ...named])];
}

const matched = (names: string[], view: MappingView, catalog: SiteCatalog | undefined) =>
  listOf(view.layout) === "columns" ? names.filter((name) => catalog?.sensorByTag.has(name)) : [];

function firstValue(head: Head, name: string): string {
  const at = head.columns.indexOf(name);
  return head.rows.map((row) => row[at]?.trim()).find(Boolean) ?? "–";
}
