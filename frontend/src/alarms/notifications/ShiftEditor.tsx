import { Button, Checkbox, NumberInput, TextInput } from "@mantine/core";
import { useSite } from "../../tenant";
import { Card } from "../../ui/Card";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { deletePlan, planContentOf, putPlan } from "./api";
import type { PlanContent, Rotation, ShiftEntry, ShiftPlan } from "./api";
import { missingOfPlan, newPlan } from "./draft";
import styles from "./notifications.module.css";
import { PlanWords } from "./PlanWords";
import { Section } from "./RouteFields";
import { Saving } from "./Saving";
import { PeopleSelect } from "./StepFields";
import { texts } from "./texts";
import { TimesFields, ZoneField } from "./TimesFields";
import { useDraft } from "./useDraft";
import { WeekGrid } from "./WeekGrid";
import type { Names } from "./words";

interface Props {
  plan: ShiftPlan | undefined;
  names: Names;
  mayEdit: boolean;
  close: () => void;
  stored: (plan: ShiftPlan) => void;
}

/** The form of a shift plan, beside it the week that it makes. */
export function ShiftEditor({ plan, names, mayEdit, close, stored }: Props) {
  const zone = useSite()?.timezone ?? "UTC";
  const kind = { put: putPlan, contentOf: planContentOf };
  const state = useDraft<PlanContent, ShiftPlan>(kind, plan, () => newPlan(zone), stored);
  const { base, draft, change } = state;
  const missing = missingOfPlan(draft);
  return (
    <>
      <div className={styles.bar}>
        <button type="button" className={ui.link} onClick={close}>
          {texts.backPlans}
        </button>
        <h2>{base ? base.name : texts.newPlan}</h2>
        {base && <span className={ui.quiet}>{texts.changedBy(base.changed_by)}</span>}
        {!mayEdit && <span className={ui.quiet}>{texts.adminsOnly}</span>}
      </div>
      <div className={styles.columns}>
        <SubmitForm
          className={styles.form}
          label={texts.plan}
          onSubmit={() => state.changed && missing.length === 0 && state.save.mutate()}
        >
          <fieldset disabled={!mayEdit} className={ui.fields}>
            <Section title={texts.plan}>
              <div className={styles.pair}>
                <TextInput
                  label={texts.name}
                  placeholder={texts.planExample}
                  maxLength={200}
                  value={draft.name}
                  onChange={(event) => change({ name: event.currentTarget.value })}
                />
                <ZoneField value={draft.zone} onChange={(value) => change({ zone: value })} />
              </div>
            </Section>
            <Section title={texts.shiftTimes}>
              <Entries entries={draft.entries} change={(entries) => change({ entries })} />
            </Section>
            <Section title={texts.rotation}>
              <RotationFields rotation={draft.rotation} change={(rotation) => change({ rotation })} />
            </Section>
          </fieldset>
          {mayEdit && <Saving state={state} missing={missing} remove={deletePlan} removed={close} />}
        </SubmitForm>
        <Card title={texts.weekOf(draft.name || texts.newPlan)} aside={draft.zone}>
          <WeekGrid plan={draft} names={names} />
          <PlanWords plan={draft} names={names} />
        </Card>
      </div>
    </>
  );
}

function Entries({ entries, change }: { entries: ShiftEntry[]; change: (entries: ShiftEntry[]) => void }) {
  const set = (index: number, entry: ShiftEntry) => change(entries.map((each, i) => (i === index ? entry : each)));
  const next = entries.at(-1);
  const added: ShiftEntry = next
    ? { ...next, from: next.to, to: next.from, people: [] }
    : { days: [1, 2, 3, 4, 5], from: "06:00", to: "14:00", people: [] };
  return (
    <>
      {entries.map((entry, index) => (
        <fieldset key={index} className={styles.block}>
          <legend>{texts.entry(index + 1)}</legend>
          <TimesFields times={entry} change={(times) => set(index, times)} />
          <PeopleSelect
            label={texts.onDutyPeople}
            value={entry.people}
            onChange={(people) => set(index, { ...entry, people })}
          />
          <button type="button" className={ui.link} onClick={() => change(entries.filter((_, i) => i !== index))}>
            {texts.removeEntry(index + 1)}
          </button>
        </fieldset>
      ))}
      {entries.length < 100 && (
        <Button variant="default" className={styles.start} onClick={() => change([...entries, added])}>
          {texts.addEntry}
        </Button>
      )}
    </>
  );
}

interface RotationProps {
  rotation: Rotation | null;
  change: (rotation: Rotation | null) => void;
}

const today = () => new Date().toISOString().slice(0, 10);

function RotationFields({ rotation, change }: RotationProps) {
  return (
    <>
      <Checkbox
        label={texts.rotation}
        description={texts.rotationHint}
        checked={rotation !== null}
        onChange={(event) =>
          change(event.currentTarget.checked ? { days: 7, begins: today(), groups: [[], []] } : null)
        }
      />
      {rotation && (
        <>
          <div className={styles.pair}>
            <NumberInput
              label={texts.rotationDays}
              min={1}
              max={366}
              allowDecimal={false}
              value={rotation.days}
              onChange={(value) => Number(value) >= 1 && change({ ...rotation, days: Number(value) })}
            />
            <TextInput
              type="date"
              label={texts.begins}
              value={rotation.begins}
              onChange={(event) => change({ ...rotation, begins: event.currentTarget.value })}
            />
          </div>
          <Groups groups={rotation.groups} change={(groups) => change({ ...rotation, groups })} />
        </>
      )}
    </>
  );
}

function Groups({ groups, change }: { groups: string[][]; change: (groups: string[][]) => void }) {
  return (
    <>
      {groups.map((group, index) => (
        <div key={index} className={styles.group}>
          <PeopleSelect
            label={texts.group(index + 1)}
            value={group}
            onChange={(people) => change(groups.map((each, i) => (i === index ? people : each)))}
          />
          {groups.length > 1 && (
            <Button
              variant="default"
              aria-label={texts.removeGroup(index + 1)}
              onClick={() => change(groups.filter((_, i) => i !== index))}
            >
              {texts.removeShort}
            </Button>
          )}
        </div>
      ))}
      {groups.length < 60 && (
        <Button variant="default" className={styles.start} onClick={() => change([...groups, []])}>
          {texts.addGroup}
        </Button>
      )}
    </>
  );
}
