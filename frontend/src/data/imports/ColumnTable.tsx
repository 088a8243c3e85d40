import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSiteCatalog } from "../../catalog";
import type { SiteCatalog } from "../../catalog";
import { displayUnit, formatCount } from "../../format";
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
    // Once one is named, only those that are named are read: so the ones that fit by themselves are written down first.
    const start = view.sensors
      ? text
      : matched(names, view, catalog).reduce((out, each) => withSensor(out, each, each), text);
    setText(withSensor(start, name, sensor));
  };
  const wide = view.layout === "wide";
  const what = wide ? texts.column : texts.nameFile;
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
        <div className={ui.scrollX}>
          <table className={`${ui.table} ${styles.columnTable}`}>
            <thead>
              <tr>
                <th>{what}</th>
                {wide && head && <th>{texts.firstValue}</th>}
                <th>{texts.sensor}</th>
                <th>{texts.nameUnit}</th>
              </tr>
            </thead>
            <tbody>
              {names.slice(0, MAX_ROWS).map((name) => {
                const sensor = view.sensors
                  ? (view.sensors.get(name) ?? "")
                  : catalog?.sensorByTag.has(name)
                    ? name
                    : "";
                const known = catalog?.sensorByTag.get(sensor) ?? catalog?.sensorById.get(sensor);
                return (
                  <tr key={name}>
                    <td className={styles.columnName}>{name}</td>
                    {wide && head && <td className={ui.quiet}>{firstValue(head, name)}</td>}
                    <td>
                      <TextInput
                        aria-label={texts.sensorOf(name)}
                        list="import-sensors"
                        placeholder={texts.notImported}
                        value={sensor}
                        onChange={(event) => put(name, event.currentTarget.value.trim())}
                      />
                    </td>
                    <td className={ui.quiet}>
                      {known
                        ? [known.name, displayUnit(known.unit)].filter(Boolean).join(", ")
                        : sensor && catalog
                          ? texts.unknownSensor
                          : "–"}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {names.length > MAX_ROWS && (
        <p className={ui.quiet}>
          {formatCount(names.length - MAX_ROWS)} {texts.moreColumnsSee} <b>{texts.yaml}</b>.
        </p>
      )}
      {!wide && names.length === 0 && <p className={ui.quiet}>{texts.namesEqualTagSite}</p>}
      {(!wide || !head) && (
        <div className={styles.add}>
          <TextInput
            aria-label={`Add a ${wide ? "column" : "name"}`}
            placeholder={wide ? texts.columnFile : texts.nameFile}
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
            {texts.add} {wide ? "column" : "name"}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The columns of the file that may hold values, then those that only the mapping names. */
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
