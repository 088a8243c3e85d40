import type { components } from "../../api/schema";
import { displayUnit, formatCount } from "../../format";
import ui from "../../ui/ui.module.css";
import styles from "./imports.module.css";

type NewSensor = components["schemas"]["ImportNewSensor"];

/** The sensors that the import makes from headers and names, as the mapping's `new_sensors` asks. */
export function NewSensors({ sensors, dryRun }: { sensors: NewSensor[]; dryRun: boolean }) {
  return (
    <section>
      <h3>
        {formatCount(sensors.length)} new {sensors.length === 1 ? "sensor" : "sensors"}
        {dryRun ? ", made when it is imported" : ""}
      </h3>
      <div className={`${ui.scrollX} ${styles.preview}`}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th>Tag</th>
              <th>Name</th>
              <th>Kind</th>
              <th>Unit or states</th>
              <th>From</th>
            </tr>
          </thead>
          <tbody>
            {sensors.slice(0, 500).map((each) => (
              <tr key={`${each.site} ${each.tag}`}>
                <td className={styles.strong}>{each.tag}</td>
                <td>{each.name}</td>
                <td>{each.kind}</td>
                <td>{displayUnit(each.unit) || Object.values(each.states).join(", ") || "–"}</td>
                <td>
                  {each.column} in {each.file}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
