import { Link } from "wouter";
import type { AsOf, Sensor } from "../api/types";
import { DASH, formatAge, formatValue, stateName } from "../format";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import type { LineView } from "../series/view";
import { Card } from "../ui/Card";
import { DataTable } from "../ui/DataTable";
import ui from "../ui/ui.module.css";
import { isTrouble } from "./findings";
import type { Machine } from "./machines";
import styles from "./home.module.css";
import { texts } from "./texts";

interface Props {
  machines: Machine[];
  values: Map<string, AsOf>;
  series: Map<string, LineView> | undefined;
  at: number;
}

/** Time in this state since the last change; a state older than the day that was read is “over 1 d”. */
function sinceOf(series: LineView | undefined, at: number): string {
  const last = series?.t.at(-1);
  if (!series || last === undefined) return "";
  return last <= series.start ? texts.overOneDay : formatAge(at - last);
}

/** Every machine with its state, its duration, and its first values. Running is bright, stopped dark. */
export function Equipment({ machines, values, series, at }: Props) {
  const running = machines.filter((each) => values.get(each.state.id)?.v === 1).length;
  return (
    <Card title={texts.equipment} aside={texts.runningCount(running, machines.length)} flush>
      <DataTable
        className={styles.equipment}
        rows={machines}
        keyOf={(machine) => machine.state.id}
        columns={[
          { head: texts.asset, cell: (machine) => <AssetLink machine={machine} /> },
          { head: texts.state, cell: ({ state }) => <State sensor={state} value={values.get(state.id)} /> },
          {
            head: texts.duration,
            number: true,
            className: ui.quiet,
            cell: ({ state }) => sinceOf(series?.get(state.id), at),
          },
          ...[0, 1, 2].map((index) => ({
            cell: (machine: Machine) => {
              const sensor = machine.values[index];
              return sensor && <Figure sensor={sensor} value={values.get(sensor.id)} />;
            },
          })),
        ]}
      />
    </Card>
  );
}

function AssetLink({ machine }: { machine: Machine }) {
  const tenant = useTenant();
  const sensors = [machine.state, ...machine.values].map((each) => each.id).join();
  return (
    <Link
      className={styles.asset}
      href={hrefWith(`/t/${tenant?.slug}/trends`, { sensors, range: "1d" })}
      title={texts.openInTrends}
    >
      <b>{machine.tag}</b> <span>{machine.name}</span>
    </Link>
  );
}

function State({ sensor, value }: { sensor: Sensor; value: AsOf | undefined }) {
  return (
    <span
      className={styles.state}
      data-on={value?.v === 1 || undefined}
      data-trouble={(value?.v != null && isTrouble(value.v, sensor)) || undefined}
    >
      <i aria-hidden="true" />
      {value?.v == null ? DASH : stateName(value.v, sensor.states)}
    </span>
  );
}

function Figure({ sensor, value }: { sensor: Sensor; value: AsOf | undefined }) {
  return (
    <div className={styles.value} data-stale={value?.stale || undefined}>
      <small>{sensor.name}</small>
      <span title={value?.age != null ? texts.old(formatAge(value.age)) : (value?.reason ?? "")}>
        {formatValue(value?.v, null, sensor)}
      </span>
    </div>
  );
}
