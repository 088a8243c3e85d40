import { Autocomplete, Checkbox, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useSiteCatalog } from "../../catalog";
import { displayUnit } from "../../format";
import { useSite } from "../../tenant";
import type { RuleContent, Trigger, TriggerKind } from "./api";
import { NumberField } from "./NumberField";
import { SecondsInput } from "./SecondsInput";
import styles from "./rules.module.css";
import { FIELDS, KINDS, newTrigger, stateValue } from "./triggers";
import type { Field } from "./triggers";
import { texts } from "./texts";

interface Props {
  rule: RuleContent;
  change: (changes: Partial<RuleContent>) => void;
}

/** The kind of trigger, and what it needs to know. */
export function TriggerFields({ rule, change }: Props) {
  const { trigger } = rule;
  const { catalog } = useSiteCatalog(useSite()?.id);
  const first = rule.applies.sensors?.[0] ?? "";
  const sensor = catalog?.sensorByTag.get(first.split(":").at(-1)!);
  const unit = displayUnit(sensor?.unit);
  const set = (name: string, value: unknown) =>
    change({ trigger: { ...trigger, [name]: value } as unknown as Trigger });
  const tags = catalog?.sensors.map((each) => each.tag) ?? [];
  const states = Object.entries(sensor?.states ?? {}).map(([number, name]) => `${number} = ${name}`);
  return (
    <>
      <Select
        label={texts.trigger}
        description={texts.kindHints[trigger.kind]}
        data={KINDS.map((value) => ({ value, label: texts.kinds[value] }))}
        value={trigger.kind}
        allowDeselect={false}
        onChange={(value) => value && change({ trigger: newTrigger(value as TriggerKind) })}
      />
      <div className={styles.pair}>
        {FIELDS[trigger.kind].map((field) => (
          <TriggerField
            key={`${trigger.kind} ${field.name}`}
            field={field}
            value={(trigger as unknown as Record<string, unknown>)[field.name]}
            set={(value) => set(field.name, value)}
            unit={unit}
            tags={tags}
          />
        ))}
      </div>
      {trigger.kind === "state" && states.length > 0 && <p className={styles.hint}>{texts.statesAre(states)}</p>}
    </>
  );
}

interface FieldProps {
  field: Field;
  value: unknown;
  set: (value: unknown) => void;
  unit: string;
  tags: string[];
}

function TriggerField({ field, value, set, unit, tags }: FieldProps) {
  const { label, hint, type } = field;
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const shared = { label, description: hint };
  if (type === "number" && field.unit === "s")
    return <SecondsInput label={label} {...(hint && { hint })} value={Number(value) || 0} onChange={set} />;
  if (type === "window")
    return (
      <SecondsInput
        label={label}
        {...(hint && { hint })}
        value={Number(value) || 0}
        onChange={(seconds) => set(seconds || null)}
      />
    );
  if (type === "number")
    return (
      <NumberField
        {...shared}
        value={typeof value === "number" ? value : undefined}
        suffix={field.unit === "unit" && unit ? ` ${unit}` : undefined}
        min={field.min}
        onChange={set}
      />
    );
  if (type === "choice")
    return (
      <Select
        {...shared}
        data={Object.entries(field.choices ?? {}).map(([each, name]) => ({ value: each, label: name }))}
        value={text}
        allowDeselect={false}
        onChange={(chosen) => chosen && set(chosen)}
      />
    );
  if (type === "yes")
    return (
      <Checkbox
        className={styles.alone}
        label={label}
        checked={value !== false}
        onChange={(event) => set(event.currentTarget.checked)}
      />
    );
  if (type === "list")
    return (
      <TagsInput
        {...shared}
        className={styles.wide}
        value={(Array.isArray(value) ? value : []).map(String)}
        onChange={(values) => set(values.map(stateValue))}
      />
    );
  if (type === "sensor" || type === "number or sensor")
    return (
      <Autocomplete
        {...shared}
        data={tags}
        limit={30}
        value={text}
        onChange={(typed) => set(type === "sensor" ? typed : stateValue(typed))}
      />
    );
  if (type === "area")
    return (
      <Textarea
        {...shared}
        className={styles.wide}
        autosize
        minRows={2}
        maxLength={2_000}
        value={text}
        onChange={(event) => set(event.currentTarget.value)}
      />
    );
  return <TextInput {...shared} maxLength={200} value={text} onChange={(event) => set(event.currentTarget.value)} />;
}
