import { Button } from "@mantine/core";
import type { Sensor } from "../api/types";
import { useSiteCatalog } from "../catalog";
import ui from "../ui/ui.module.css";
import { differing, fieldText, FIELD_NAMES } from "./draft";
import styles from "./sensors.module.css";
import { texts } from "./texts";
import type { SensorFormState } from "./useSensorForm";

/** Somebody else saved the sensor in the meantime: what they changed, and whether to apply mine on top. */
export function RevisionConflict({ form, current }: { form: SensorFormState; current: Sensor }) {
  const { catalog } = useSiteCatalog(current.site);
  const theirs = differing(form.sensor, current);
  const both = theirs.filter((field) => field in form.changes);
  const assetName = (id: string) => catalog?.assetById.get(id)?.tag ?? id;
  const text = (field: (typeof theirs)[number], sensor: Sensor) => fieldText(field, sensor, assetName);
  return (
    <div className={styles.decision} role="alertdialog" aria-label={texts.conflict(current.tag)}>
      <p className={styles.question}>{texts.conflict(current.tag)}</p>
      <ul className={styles.changes}>
        {theirs.map((field) => (
          <li key={field}>{texts.changedTo(FIELD_NAMES[field], text(field, form.sensor), text(field, current))}</li>
        ))}
      </ul>
      {both.length > 0 && <p>{texts.overlap(both.map((field) => FIELD_NAMES[field]).join(", "))}</p>}
      <div className={ui.actions}>
        <Button autoFocus onClick={() => form.applyTo(current)}>
          {texts.applyMine}
        </Button>
        <Button variant="default" onClick={() => form.discardFor(current)}>
          {texts.discardMine}
        </Button>
      </div>
    </div>
  );
}
