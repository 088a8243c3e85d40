import { Select, TextInput } from "@mantine/core";
import type { SiteCatalog } from "../catalog";
import { formatMoment, parseMomentText } from "../format";
import { useNow } from "../moment";
import type { Zone } from "../moment";
import { Segments } from "../ui/Segments";
import { hasEnd, hasStart } from "./draft";
import type { Draft } from "./draft";
import styles from "./corrections.module.css";
import { texts } from "./texts";

const SIDES = [
  { value: "before", label: texts.before },
  { value: "after", label: texts.after },
  { value: "between", label: texts.between },
] as const;

interface Props {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  catalog: SiteCatalog;
  zone: Zone;
}

export function CorrectionFields({ draft, setDraft, catalog, zone }: Props) {
  const now = useNow();
  const moment = (label: string, name: "start" | "end", description: string) => {
    const read = parseMomentText(draft[name], zone.name, now);
    return (
      <TextInput
        label={label}
        description={read === null ? description : `${formatMoment(read, zone.name)}, ${zone.label}`}
        placeholder={texts.timeExample}
        value={draft[name]}
        onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
      />
    );
  };
  const swap = draft.action === "swap";
  return (
    <>
      <SensorPicker draft={draft} setDraft={setDraft} catalog={catalog} />
      {swap && (
        <Segments
          label={texts.swappedPeriod}
          value={draft.side}
          choices={SIDES}
          onChange={(side) => setDraft({ ...draft, side })}
        />
      )}
      <div className={styles.range}>
        {hasStart(draft) && moment(texts.from, "start", texts.inZone(zone.label))}
        {hasEnd(draft) &&
          moment(swap && draft.side === "before" ? texts.before : texts.to, "end", texts.inZone(zone.label))}
        {draft.action === "shift" && (
          <TextInput
            label={texts.offset}
            description={texts.offsetHint}
            placeholder="1h"
            value={draft.by}
            onChange={(event) => setDraft({ ...draft, by: event.currentTarget.value })}
          />
        )}
      </div>
    </>
  );
}

function SensorPicker({ draft, setDraft, catalog }: Omit<Props, "zone">) {
  const set = (sensors: string[]) => setDraft({ ...draft, sensors });
  const data = catalog.sensors
    .filter((sensor) => !draft.sensors.includes(sensor.id))
    .map((sensor) => ({ value: sensor.id, label: `${sensor.tag} · ${sensor.name}` }));
  const full = draft.action === "swap" && draft.sensors.length >= 2;
  return (
    <div>
      <div className={styles.label}>{texts.sensors}</div>
      <div className={styles.chosen}>
        {draft.sensors.map((id) => {
          const tag = catalog.sensorById.get(id)?.tag ?? id;
          return (
            <span key={id} className={styles.sensor}>
              {tag}
              <button
                type="button"
                aria-label={texts.remove(tag)}
                onClick={() => set(draft.sensors.filter((each) => each !== id))}
              >
                ×
              </button>
            </span>
          );
        })}
        {!full && (
          <Select
            aria-label={texts.addSensor}
            placeholder={texts.addSensorPlaceholder}
            searchable
            limit={50}
            data={data}
            value={null}
            nothingFoundMessage={texts.noMatchingSensor}
            onChange={(id) => id && set([...draft.sensors, id])}
          />
        )}
      </div>
    </div>
  );
}
