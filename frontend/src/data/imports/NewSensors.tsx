import type { components } from "../../api/schema";
import { displayUnit, formatCount } from "../../format";
import { DataTable } from "../../ui/DataTable";
import styles from "./imports.module.css";
import { texts } from "./texts";

type NewSensor = components["schemas"]["ImportNewSensor"];

/** The sensors that the import creates from headers and names, for a mapping with `new_sensors`. */
export function NewSensors({ sensors, dryRun }: { sensors: NewSensor[]; dryRun: boolean }) {
  return (
    <section>
      <h3>{texts.newSensors(formatCount(sensors.length), sensors.length === 1, dryRun)}</h3>
      <div className={styles.preview}>
        <DataTable
          rows={sensors.slice(0, 500)}
          keyOf={(each) => `${each.site} ${each.tag}`}
          columns={[
            { head: texts.tag, className: styles.strong, cell: (each) => each.tag },
            { head: texts.name, cell: (each) => each.name },
            { head: texts.kind, cell: (each) => each.kind },
            {
              head: texts.unitStates,
              cell: (each) => displayUnit(each.unit) || Object.values(each.states).join(", ") || "–",
            },
            { head: texts.from, cell: (each) => texts.columnInFileName(each.column, each.file) },
          ]}
        />
      </div>
    </section>
  );
}
