import type { components } from "../../api/schema";
import { displayUnit, formatCount } from "../../format";
import ui from "../../ui/ui.module.css";
import styles from "./imports.module.css";
import { texts } from "./texts";

type NewSensor = components["schemas"]["ImportNewSensor"];

/** The sensors that the import makes from headers and names, as the mapping's `new_sensors` asks. */
export function NewSensors({ sensors, dryRun }: { sensors: NewSensor[]; dryRun: boolean }) {
  return (
    <section>
      <h3>
        {formatCount(sensors.length)} {texts.newLabel} {sensors.length === 1 ? "sensor" : "sensors"}
        {dryRun ? texts.createdImport : ""}
      </h3>
      <div className={`${ui.scrollX} ${styles.preview}`}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th>{texts.tag}</th>
              <th>{texts.name}</th>
              <th>{texts.kind}</th>
              <th>{texts.unitStates}</th>
              <th>{texts.fromLabel}</th>
            </tr>
          </thead>
          <tbody>
            {sensors.slice(0, 500).map((each) => (
              <tr key={`${each.site} ${each.tag}`}>
                <td className={styles.strong}>{each.tag}</td>
                <td>{each.name}</td>
                <td>{each.kind}</td>
                <td>{displayUnit(each.unit) || Object.values(each.states).join(", ") || "–"}</td>
                <td>{texts.inOf(each.column, each.file)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
