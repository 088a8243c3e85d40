import { Button, MultiSelect } from "@mantine/core";
import { SecondsInput } from "../rules/SecondsInput";
import ui from "../../ui/ui.module.css";
import type { Step } from "./api";
import { useChannels, usePeople, usePlans } from "./data";
import { withOneMore, withoutStep } from "./draft";
import styles from "./notifications.module.css";
import { texts } from "./texts";

const MAX_STEPS = 10;

interface Props {
  steps: readonly Step[];
  /** A digest has one step. */
  single: boolean;
  change: (steps: Step[]) => void;
}

/** Whom it tells, and whom after that while nobody acknowledges. */
export function StepFields({ steps, single, change }: Props) {
  const set = (index: number, changes: Partial<Step>) =>
    change(steps.map((step, place) => (place === index ? { ...step, ...changes } : step)));
  return (
    <>
      {steps.map((step, index) => (
        <fieldset key={index} className={styles.block}>
          <legend>{index === 0 ? texts.firstStep : texts.step(index + 1)}</legend>
          {index > 0 && (
            <SecondsInput
              label={texts.stepAfter}
              hint={texts.stepAfterHint}
              value={step.after_s}
              onChange={(value) => set(index, { after_s: Math.round(value) })}
            />
          )}
          <Recipients step={step} change={(changes) => set(index, changes)} />
          {steps.length > 1 && (
            <button type="button" className={ui.link} onClick={() => change(withoutStep(steps, index))}>
              {texts.removeStep(index + 1)}
            </button>
          )}
        </fieldset>
      ))}
      {!single && steps.length < MAX_STEPS && (
        <Button variant="default" className={styles.start} onClick={() => change(withOneMore(steps))}>
          {texts.addStep}
        </Button>
      )}
    </>
  );
}

function Recipients({ step, change }: { step: Step; change: (changes: Partial<Step>) => void }) {
  const channels = useChannels().data ?? [];
  const plans = usePlans().data ?? [];
  return (
    <div className={styles.pair}>
      <MultiSelect
        label={texts.channels}
        description={channels.length === 0 ? texts.noChannels : undefined}
        searchable
        data={channels.map((each) => ({ value: each.id, label: each.name }))}
        value={step.channels}
        onChange={(value) => change({ channels: value })}
      />
      <MultiSelect
        label={texts.shifts}
        searchable
        data={plans.map((each) => ({ value: each.id, label: each.name }))}
        value={step.shifts}
        onChange={(value) => change({ shifts: value })}
      />
      <div className={styles.wide}>
        <PeopleSelect
          label={texts.people}
          hint={texts.peopleHint}
          value={step.people}
          onChange={(value) => change({ people: value })}
        />
      </div>
    </div>
  );
}

interface PeopleProps {
  label: string;
  hint?: string;
  value: string[];
  onChange: (value: string[]) => void;
}

/** Members by name; those who left stay in the list until they are taken out. */
export function PeopleSelect({ label, hint, value, onChange }: PeopleProps) {
  const people = usePeople().data ?? [];
  const known = new Set(people.map((each) => each.id));
  return (
    <MultiSelect
      label={label}
      description={hint}
      searchable
      data={[
        ...people.map(({ id, name, username, has_email }) => ({
          value: id,
          label: has_email ? name || username : texts.withoutMail(name || username),
        })),
        ...value.filter((id) => !known.has(id)).map((id) => ({ value: id, label: texts.gone(id) })),
      ]}
      value={value}
      onChange={onChange}
    />
  );
}
