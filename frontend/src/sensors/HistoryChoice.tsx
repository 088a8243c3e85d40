import { Button } from "@mantine/core";
import { displayUnit } from "../format";
import ui from "../ui/ui.module.css";
import styles from "./sensors.module.css";
import { texts } from "./texts";
import type { SensorFormState } from "./useSensorForm";

/** A new unit for a sensor that has samples: convert them, say that the label was wrong, or keep the unit. */
export function HistoryChoice({ form, convertible }: { form: SensorFormState; convertible: boolean }) {
  const from = displayUnit(form.sensor.unit);
  const to = displayUnit(form.changes.unit);
  return (
    <div className={styles.decision} role="alertdialog" aria-label={texts.hasSamples(form.sensor.tag, from)}>
      <p className={styles.question}>{texts.hasSamples(form.sensor.tag, from)}</p>
      {convertible ? (
        <div className={styles.option}>
          <p>{texts.convertHint(from, to)}</p>
          <Button data-autofocus autoFocus loading={form.saving} onClick={() => form.save("convert")}>
            {texts.convert(to)}
          </Button>
        </div>
      ) : (
        <p className={ui.quiet}>{texts.notConvertible(from, to)}</p>
      )}
      {!form.sensor.stored_as && (
        <div className={styles.option}>
          <p>{texts.relabelHint(to)}</p>
          <Button variant="default" loading={form.saving} onClick={() => form.save("relabel")}>
            {texts.relabel(to)}
          </Button>
        </div>
      )}
      <div className={ui.actions}>
        <Button variant="default" autoFocus={!convertible} onClick={form.cancelDecision}>
          {texts.cancel}
        </Button>
      </div>
    </div>
  );
}
