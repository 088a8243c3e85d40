import { Link } from "wouter";
import type { AsOf, Sensor } from "../../api/types";
import { DASH, displayUnit, formatAge, formatValue } from "../../format";
import { hrefWith } from "../../moment";
import { useSites, useTenant } from "../../tenant";
import { ErrorMessage, Empty, Failed, Loading } from "../../ui/states";
import { useValues } from "../../values";
import { useSensors } from "../data";
import styles from "../dashboards.module.css";
import { siteParam } from "../links";
import { texts } from "../texts";

/** The values of some sensors at the moment, each with its unit and age. */
export function ValuesTile({ sensors }: { sensors: string[] }) {
  const { known, ready, error, retry } = useSensors(sensors);
  const present = ready ? sensors.filter((id) => known.has(id)) : [];
  const values = useValues({ sensors: present });
  if (sensors.length === 0) return <Empty title={texts.noSensors} />;
  if (!ready) return error === null ? <Loading /> : <Failed error={error} retry={retry} />;
  if (values.isPending && present.length > 0) return <Loading />;
  return (
    <div className={styles.scroll} data-old={values.isPlaceholderData || undefined}>
      <ErrorMessage error={values.error} />
      <ul className={styles.values}>
        {sensors.map((id) => (
          <Value key={id} id={id} sensor={known.get(id)} value={values.data?.bySensor.get(id)} />
        ))}
      </ul>
    </div>
  );
}

function Value({ id, sensor, value }: { id: string; sensor: Sensor | undefined; value: AsOf | undefined }) {
  const tenant = useTenant();
  const sites = useSites().data;
  if (!sensor) {
    return (
      <li>
        <span className={styles.tag}>{id}</span>
        <span className={styles.age}>{texts.gone}</span>
      </li>
    );
  }
  const missing = value?.v == null;
  return (
    <li data-stale={value?.stale || undefined}>
      <Link
        className={styles.tag}
        href={hrefWith(`/t/${tenant?.slug}/trends`, { ...siteParam(sensor.site, sites), sensors: id })}
        title={`${sensor.tag} · ${sensor.name}`}
      >
        {sensor.name || sensor.tag}
      </Link>
      <span className={styles.figure}>
        <b>{missing ? DASH : formatValue(value.v, null, sensor, true)}</b>{" "}
        {!missing && sensor.kind !== "discrete" && displayUnit(sensor.unit)}
      </span>
      <span className={styles.age}>
        {missing
          ? (value?.reason ?? "")
          : value.stale
            ? texts.old(formatAge(value.age ?? 0))
            : formatAge(value.age ?? 0)}
      </span>
    </li>
  );
}
