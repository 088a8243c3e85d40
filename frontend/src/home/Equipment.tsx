import { Link } from "wouter";
import type { AsOf } from "../api/types";
import { DASH, formatAge, formatValue, stateName } from "../format";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import type { LineView } from "../series/view";
import { Card } from "../ui/Card";
import ui from "../ui/ui.module.css";
import { isTrouble } from "./needs";
import type { Machine } from "./machines";
import styles from "./home.module.css";
import { texts } from "./texts";

interface Props {
  machines: Machine[];
  values: Map<string, AsOf>;
  series: Map<string, LineView> | undefined;
  at: number;
}

/** How long in this state: from the last change; a state that began before the day shown says so. */
function sinceOf(series: LineView | undefined, at: number): string {
  const last = series?.t.at(-1);
  if (!series || last === undefined) return "";
  return last <= series.start ? "over 1 d" : formatAge(at - last);
}

/** Every machine, whether it runs, since when, and its first figures. Filled is running, hollow stopped. */
export function Equipment({ machines, values, series, at }: Props) {
  const tenant = useTenant();
  const running = machines.filter((each) => values.get(each.state.id)?.v === 1).length;
  return (
    <Card title={texts.equipment} aside={texts.runningOpen(running, machines.length)} flush>
      <div className={ui.scrollX}>
        <table className={`${ui.table} ${styles.machines}`}>
          <thead>
            <tr>
              <th>{texts.asset}</th>
              <th>{texts.state}</th>
              <th className={ui.number}>{texts.duration}</th>
              <th colSpan={3} />
            </tr>
          </thead>
          <tbody>
            {machines.map((machine) => {
              const value = values.get(machine.state.id);
              const on = value?.v === 1;
              const sensors = [machine.state, ...machine.values].map((each) => each.id).join();
              return (
                <tr key={machine.state.id}>
                  <td>
                    <Link
                      className={styles.asset}
                      href={hrefWith(`/t/${tenant?.slug}/trends`, { sensors, range: "1d" })}
                      title={texts.openTrends}
                    >
                      <b>{machine.tag}</b> <span>{machine.name}</span>
                    </Link>
                  </td>
                  <td>
                    <span
                      className={styles.state}
                      data-on={on || undefined}
                      data-trouble={(value?.v != null && isTrouble(value.v, machine.state)) || undefined}
                    >
                      <i aria-hidden="true" />
                      {value?.v == null ? DASH : stateName(value.v, machine.state.states)}
                    </span>
                  </td>
                  <td className={`${ui.number} ${ui.quiet}`}>{sinceOf(series?.get(machine.state.id), at)}</td>
                  {[0, 1, 2].map((index) => {
                    const sensor = machine.values[index];
                    const found = sensor && values.get(sensor.id);
                    return (
                      <td key={index} className={styles.value} data-stale={found?.stale || undefined}>
                        {sensor && (
                          <>
                            <small>{sensor.name}</small>
                            <span title={found?.age != null ? texts.old(formatAge(found.age)) : (found?.reason ?? "")}>
                              {formatValue(found?.v, null, sensor)}
                            </span>
                          </>
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
