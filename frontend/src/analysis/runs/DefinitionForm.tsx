import { Button, Checkbox, MultiSelect, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { runDefinitionsKey } from "../../api/runDefinitions";
import type { Sensor, Site } from "../../api/types";
import type { SiteCatalog } from "../../catalog";
import { displayUnit } from "../../format";
import { Card } from "../../ui/Card";
import { Segments } from "../../ui/Segments";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import styles from "../analysis.module.css";
import { texts } from "../texts";
import { change, create } from "./data";
import type { Definition, Figure } from "./data";
import { definitionOf, draftOf, isNumberWrong, wrongFields } from "./draft";
import type { By, Draft } from "./draft";

const MAX_OPTIONS = 50;
const MAX_SENSORS = 6;
const MAX_DESCRIPTION = 2000;
const FIGURES: Figure[] = ["duration", "mean", "min", "max", "total"];

interface Props {
  site: Site;
  catalog: SiteCatalog;
  /** What is edited; none: a new one. */
  definition?: Definition;
  close: (stored: string | null) => void;
}

export function DefinitionForm({ site, catalog, definition: given, close }: Props) {
  const client = useQueryClient();
  // The one that the person began with: if somebody else changes it meanwhile, the server says so.
  const [definition] = useState(given);
  const [draft, setDraft] = useState<Draft>(() => draftOf(definition));
  const [tried, setTried] = useState(false);
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const wrong = wrongFields(draft);
  const error = (name: keyof Draft) =>
    tried && wrong.includes(name) && (isNumberWrong(draft, name) ? texts.notANumber : texts.fieldMissing);
  const stored = useMutation({
    mutationFn: () => {
      const content = definitionOf(site.id, draft, definition);
      return definition ? change(definition, content) : create(content);
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: runDefinitionsKey(site.id) });
      close(id);
    },
  });
  const submit = () => {
    setTried(true);
    if (wrong.length === 0) stored.mutate();
  };
  const options = (fits: (sensor: Sensor) => boolean) =>
    catalog.sensors.filter(fits).map(({ id, tag, name, unit }) => ({
      value: id,
      label: [tag, name, displayUnit(unit)].filter(Boolean).join(" "),
    }));
  const figured = options(({ kind }) => kind !== "text");
  return (
    <Card title={definition ? texts.editRuns(definition.name) : texts.newRuns}>
      <div className={styles.narrow}>
        <SubmitForm onSubmit={submit} error={stored.error}>
          <TextInput
            label={texts.name}
            value={draft.name}
            error={error("name")}
            maxLength={100}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Segments<By>
            label={texts.foundBy}
            value={draft.by}
            choices={(["state", "threshold", "event", "hand"] as const).map((by) => ({
              value: by,
              label: texts.by[by],
            }))}
            onChange={(by) => set({ by, sensor: null, states: [] })}
          />
          <RuleFields
            draft={draft}
            set={set}
            error={error}
            catalog={catalog}
            options={options}
            unit={draft.sensor === definition?.rule.sensor ? definition?.rule.unit : undefined}
          />
          {draft.by !== "hand" && (
            <>
              <TextInput
                label={texts.minDuration}
                value={draft.minDuration}
                error={error("minDuration")}
                inputMode="decimal"
                onChange={(event) => set({ minDuration: event.currentTarget.value })}
              />
              <TextInput
                label={texts.maxGap}
                value={draft.maxGap}
                error={error("maxGap")}
                inputMode="decimal"
                onChange={(event) => set({ maxGap: event.currentTarget.value })}
              />
            </>
          )}
          <Textarea
            label={texts.description}
            value={draft.description}
            autosize
            maxLength={MAX_DESCRIPTION}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
          <MultiSelect
            label={texts.figuresOf}
            data={figured}
            value={draft.sensors}
            maxValues={MAX_SENSORS}
            searchable
            limit={MAX_OPTIONS}
            onChange={(sensors) => set({ sensors })}
          />
          <Select
            label={texts.comparedBy}
            data={FIGURES.map((each) => ({ value: each, label: texts.figures[each] }))}
            value={draft.figure || null}
            clearable
            onChange={(figure) => set({ figure: (figure ?? "") as Figure | "" })}
          />
          {draft.figure && draft.figure !== "duration" && (
            <Select
              label={texts.ofSensor}
              data={figured}
              value={draft.of}
              error={error("of")}
              searchable
              limit={MAX_OPTIONS}
              onChange={(of) => set({ of })}
            />
          )}
          {draft.figure && (
            <Checkbox
              label={texts.lowestIsBest}
              checked={draft.lowest}
              onChange={(event) => set({ lowest: event.currentTarget.checked })}
            />
          )}
          <div className={ui.actions}>
            <Button type="submit" loading={stored.isPending}>
              {definition ? texts.save : texts.create}
            </Button>
            <Button variant="default" onClick={() => close(null)}>
              {texts.close}
            </Button>
          </div>
        </SubmitForm>
      </div>
    </Card>
  );
}

interface RuleProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
  error: (name: keyof Draft) => string | false;
  catalog: SiteCatalog;
  options: (fits: (sensor: Sensor) => boolean) => { value: string; label: string }[];
  /** That the stored limits have; without it they are in the sensor's. */
  unit: string | null | undefined;
}

function RuleFields({ draft, set, error, catalog, options, unit }: RuleProps) {
  if (draft.by === "hand") return <p className={ui.quiet}>{texts.byHandHint}</p>;
  if (draft.by === "event") {
    return (
      <>
        <TextInput
          label={texts.startEvent}
          value={draft.startEvent}
          error={error("startEvent")}
          onChange={(event) => set({ startEvent: event.currentTarget.value })}
        />
        <TextInput
          label={texts.endEvent}
          value={draft.endEvent}
          error={error("endEvent")}
          onChange={(event) => set({ endEvent: event.currentTarget.value })}
        />
      </>
    );
  }
  const byState = draft.by === "state";
  const sensor = catalog.sensorById.get(draft.sensor ?? "");
  const limitUnit = displayUnit(unit ?? sensor?.unit);
  const known = Object.entries(sensor?.states ?? {}).map(([value, label]) => ({ value, label }));
  return (
    <>
      <Select
        label={texts.sensor}
        data={options(({ kind }) => (byState ? kind === "discrete" || kind === "text" : kind !== "text"))}
        value={draft.sensor}
        error={error("sensor")}
        searchable
        limit={MAX_OPTIONS}
        nothingFoundMessage={texts.nothingFound}
        onChange={(id) => set({ sensor: id, states: [] })}
      />
      {byState && known.length > 0 && (
        <MultiSelect
          label={texts.inStates}
          data={known}
          searchable
          value={draft.states}
          error={error("states")}
          onChange={(states) => set({ states })}
        />
      )}
      {byState && known.length === 0 && (
        <TagsInput
          label={texts.inStates}
          description={texts.statesHint}
          value={draft.states}
          error={error("states")}
          onChange={(states) => set({ states })}
        />
      )}
      {!byState && (
        <>
          <TextInput
            label={texts.above(limitUnit)}
            value={draft.above}
            error={error("above")}
            inputMode="decimal"
            onChange={(event) => set({ above: event.currentTarget.value })}
          />
          <TextInput
            label={texts.below(limitUnit)}
            value={draft.below}
            error={error("below")}
            inputMode="decimal"
            onChange={(event) => set({ below: event.currentTarget.value })}
          />
        </>
      )}
    </>
  );
}
