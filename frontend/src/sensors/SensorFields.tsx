import { Autocomplete, Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import { useSiteCatalog } from "../catalog";
import type { Kind, Sensor } from "../api/types";
import { useUnits } from "./api";
import type { Draft, Field } from "./draft";
import styles from "./sensors.module.css";
import { texts } from "./texts";
import type { SensorFormState } from "./useSensorForm";

const KINDS = Object.entries(texts.kinds).map(([value, label]) => ({ value, label }));
const SAMPLINGS = Object.entries(texts.samplings).map(([value, label]) => ({ value, label }));

type TextField = { [F in keyof Draft]: Draft[F] extends string ? F : never }[keyof Draft];

export function SensorFields({ form }: { form: SensorFormState }) {
  const { draft, edit, errors, sensor } = form;
  const { catalog } = useSiteCatalog(sensor.site);
  const units = useUnits();
  const field = (label: string, name: TextField, of: Field, hint?: string) => (
    <TextInput
      label={label}
      description={hint}
      value={draft[name]}
      error={errors[of]}
      spellCheck={false}
      onChange={(event) => edit({ [name]: event.currentTarget.value })}
    />
  );
  const assets = catalog?.assets.map((each) => ({ value: each.id, label: `${each.tag} · ${each.name}` })) ?? [];
  return (
    <>
      <div className={styles.pair}>
        <TextInput
          label={texts.tag}
          autoFocus
          spellCheck={false}
          value={draft.tag}
          error={errors.tag}
          onChange={(event) => edit({ tag: event.currentTarget.value })}
        />
        {field(texts.name, "name", "name")}
        <Select
          label={texts.asset}
          searchable
          clearable
          limit={50}
          placeholder={texts.noAsset}
          data={assets}
          value={draft.asset}
          error={errors.asset}
          onChange={(asset) => edit({ asset })}
        />
        <Select
          label={texts.kind}
          data={KINDS}
          value={draft.kind}
          error={errors.kind}
          onChange={(kind) => kind && edit({ kind: kind as Kind })}
        />
      </div>
      {draft.kind !== "text" && (
        <div className={styles.three}>
          <Autocomplete
            label={texts.unit}
            data={units}
            limit={50}
            value={draft.unit}
            error={errors.unit}
            onChange={(unit) => edit({ unit })}
          />
          {field(texts.rangeLow, "low", "range")}
          {field(texts.rangeHigh, "high", "range")}
        </div>
      )}
      {sensor.stored_as && <p className={styles.hint}>{texts.storedAs(sensor.stored_as.unit)}</p>}
      {draft.kind === "discrete" && (
        <Textarea
          label={texts.states}
          description={texts.statesHint}
          autosize
          minRows={2}
          maxRows={8}
          value={draft.states}
          error={errors.states}
          onChange={(event) => edit({ states: event.currentTarget.value })}
        />
      )}
      {draft.kind === "counter" && (
        <div className={styles.pair}>
          {field(texts.rollover, "rollover", "rollover", texts.rolloverHint)}
          {field(texts.tolerance, "tolerance", "tolerance", texts.toleranceHint)}
        </div>
      )}
      <div className={styles.pair}>
        <Select
          label={texts.sampling}
          data={SAMPLINGS}
          value={draft.sampling}
          error={errors.sampling}
          onChange={(sampling) => sampling && edit({ sampling: sampling as Sensor["sampling"] })}
        />
        {field(texts.interval, "interval", "interval_s")}
      </div>
      <Textarea
        label={texts.description}
        autosize
        minRows={1}
        maxRows={6}
        value={draft.description}
        error={errors.description}
        onChange={(event) => edit({ description: event.currentTarget.value })}
      />
      <Checkbox
        label={texts.trusted}
        checked={draft.trusted}
        onChange={(event) => edit({ trusted: event.currentTarget.checked })}
      />
    </>
  );
}
