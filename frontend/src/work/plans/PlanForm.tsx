import { Checkbox, Modal, MultiSelect, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Problem } from "../../api/problem";
import { runDefinitionsQuery } from "../../api/runDefinitions";
import { Assigned, MomentField, PriorityField } from "../../cases";
import { useSiteCatalog } from "../../catalog";
import { durationName, parseDuration } from "../../format";
import { useZone } from "../../moment";
import { useSite, useSites } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import type { FormProps } from "../ListPage";
import work from "../work.module.css";
import { plans, UNITS } from "./api";
import type { DraftEvery, Plan, PlanDraft, PlanTarget, RunHours, Unit } from "./api";
import { draftOf, isComplete, NEW } from "./draft";
import { statesOf } from "./words";
import { texts } from "../texts";

/** What is to be done how often, for which assets. */
export function PlanForm({ from, close, stored }: FormProps<Plan>) {
  const [draft, setDraft] = useState<PlanDraft>(() => (from ? draftOf(from) : NEW));
  const zone = useZone().name;
  const save = plans.useSave();
  const set = (changes: Partial<PlanDraft>) => setDraft((old) => ({ ...old, ...changes }));
  const title = from ? texts.editPlan : texts.newPlan;
  const ready = isComplete(draft);
  const stale = save.error instanceof Problem && save.error.slug === "stale-revision";
  const submit = () =>
    ready && save.mutate({ from, draft: { ...draft, name: draft.name.trim() } }, { onSuccess: stored });
  return (
    <Modal opened onClose={close} title={title} size={560}>
      <SubmitForm onSubmit={submit} error={stale ? texts.conflict : save.error} label={title}>
        <TextInput
          data-autofocus
          label={texts.name}
          placeholder={texts.planExample}
          maxLength={200}
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TargetFields target={draft.target} change={(target) => set({ target })} />
        <EveryFields every={draft.every} change={(every) => set({ every })} />
        <div className={ui.pair}>
          <Lead value={draft.lead_s ?? 0} onChange={(lead_s) => set({ lead_s })} />
          <MomentField
            label={texts.begins}
            description={texts.beginsHint}
            zone={zone}
            value={draft.begins == null ? null : Number(draft.begins)}
            onChange={(begins) => set({ begins })}
          />
          <PriorityField value={draft.priority ?? 3} onChange={(priority) => set({ priority })} />
          <Assigned value={draft.assigned ?? null} onChange={(assigned) => set({ assigned })} />
        </div>
        <Textarea
          label={texts.instruction}
          description={texts.instructionHint}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={4_000}
          value={draft.instruction ?? ""}
          onChange={(event) => set({ instruction: event.currentTarget.value })}
        />
        <Checkbox
          label={texts.suppress}
          checked={draft.suppress ?? true}
          onChange={(event) => set({ suppress: event.currentTarget.checked })}
        />
        <Checkbox
          label={texts.enabled}
          checked={draft.enabled ?? true}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <Actions does={texts.save} close={close} disabled={!ready} loading={save.isPending} />
      </SubmitForm>
    </Modal>
  );
}

type TargetKind = keyof typeof texts.targetKinds;

function TargetFields({ target, change }: { target: PlanTarget; change: (target: PlanTarget) => void }) {
  const { catalog } = useSiteCatalog(useSite()?.id);
  const several = (useSites().data?.length ?? 0) > 1;
  const site = useSite();
  const [kind, setKind] = useState<TargetKind>(target.assets?.length ? "assets" : "asset_type");
  const types = useMemo(
    () => [...new Set(catalog?.assets.map((each) => each.type).filter(Boolean) ?? [])].sort(),
    [catalog],
  );
  const assets = useMemo(() => {
    const known = (catalog?.assets ?? []).map(({ id, tag, name }) => ({ value: id, label: `${tag} · ${name}` }));
    const others = (target.assets ?? []).filter((id) => !catalog?.assetById.has(id));
    return [...known, ...others.map((id) => ({ value: id, label: id }))];
  }, [catalog, target.assets]);
  const choose = (value: string | null) => {
    setKind(value as TargetKind);
    change({ assets: null, asset_type: null, site: null });
  };
  return (
    <div className={ui.pair}>
      <Select
        label={texts.targetKind}
        data={Object.entries(texts.targetKinds).map(([value, label]) => ({ value, label }))}
        value={kind}
        onChange={choose}
      />
      {kind === "assets" ? (
        <MultiSelect
          label={texts.assets}
          searchable
          limit={60}
          data={assets}
          value={target.assets ?? []}
          onChange={(value) => change({ assets: value.length > 0 ? value : null, asset_type: null, site: null })}
        />
      ) : (
        <Select
          label={texts.assetType}
          searchable
          data={target.asset_type && !types.includes(target.asset_type) ? [...types, target.asset_type] : types}
          value={target.asset_type ?? null}
          onChange={(value) =>
            change({ assets: null, asset_type: value, site: several ? (site?.id ?? null) : (target.site ?? null) })
          }
        />
      )}
    </div>
  );
}

const numberOf = (value: number | string): number | null => (value === "" || value === "-" ? null : Number(value));
const NO_RUN: RunHours = { hours: 2_000, sensor: null, states: [], run: null };

function EveryFields({ every, change }: { every: DraftEvery; change: (every: DraftEvery) => void }) {
  const { calendar, run_hours: run, events } = every;
  const set = (changes: Partial<DraftEvery>) => change({ ...every, ...changes });
  const setRun = (changes: Partial<RunHours>) => set({ run_hours: { ...(run ?? NO_RUN), ...changes } });
  return (
    <fieldset className={work.group}>
      <legend>{texts.dueAfter}</legend>
      <div className={ui.pair}>
        <NumberInput
          label={texts.calendar}
          min={1}
          max={3_660}
          allowDecimal={false}
          value={calendar?.count ?? ""}
          onChange={(value) => {
            const count = numberOf(value);
            set({ calendar: count === null ? null : { count, unit: calendar?.unit ?? "months" } });
          }}
        />
        <Select
          label={texts.unit}
          data={UNITS.map((value) => ({ value, label: texts.units[value] }))}
          value={calendar?.unit ?? "months"}
          onChange={(unit) => calendar && set({ calendar: { ...calendar, unit: unit as Unit } })}
        />
        <NumberInput
          label={texts.hours}
          min={1}
          max={1_000_000}
          thousandSeparator=","
          value={run?.hours ?? ""}
          onChange={(value) => {
            const hours = numberOf(value);
            if (hours === null) set({ run_hours: null });
            else setRun({ hours });
          }}
        />
        {run && <RunFields run={run} set={setRun} />}
        <NumberInput
          label={texts.events}
          min={1}
          max={10_000}
          allowDecimal={false}
          value={events?.count ?? ""}
          onChange={(value) => {
            const count = numberOf(value);
            set({ events: count === null ? null : { count, type: events?.type ?? "" } });
          }}
        />
        {events && (
          <TextInput
            label={texts.eventType}
            maxLength={100}
            value={events.type}
            onChange={(event) => set({ events: { ...events, type: event.currentTarget.value } })}
          />
        )}
      </div>
      <p className={ui.sub}>{texts.dueHint}</p>
    </fieldset>
  );
}

function RunFields({ run, set }: { run: RunHours; set: (changes: Partial<RunHours>) => void }) {
  const site = useSite();
  const { catalog } = useSiteCatalog(site?.id);
  const named = statesOf(run, catalog);
  const choices = [...new Set([...Object.keys(named), ...(run.states ?? [])])].map((value) => ({
    value,
    label: named[value] ?? value,
  }));
  const definitions = useQuery({ ...runDefinitionsQuery(site?.id ?? ""), enabled: site !== undefined }).data ?? [];
  return (
    <>
      <TextInput
        label={texts.runSensor}
        description={texts.runSensorHint}
        maxLength={200}
        disabled={!!run.run}
        value={run.sensor ?? ""}
        onChange={(event) => set({ sensor: event.currentTarget.value || null })}
      />
      <MultiSelect
        label={texts.runStates}
        description={texts.runStatesHint}
        disabled={!!run.run}
        data={choices}
        value={run.states ?? []}
        onChange={(states) => set({ states })}
      />
      {definitions.length > 0 && (
        <Select
          label={texts.runDefinition}
          description={texts.runDefinitionHint}
          clearable
          data={definitions.map(({ id, name }) => ({ value: id, label: name }))}
          value={run.run ?? null}
          onChange={(id) => set({ run: id, ...(id && { sensor: null, states: [] }) })}
        />
      )}
    </>
  );
}

/** How long before the date its case is opened. */
function Lead({ value, onChange }: { value: number; onChange: (seconds: number) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const parse = (text: string) => (/^\s*0?\s*d?\s*$/.test(text) ? 0 : parseDuration(text));
  const wrong = typed !== null && parse(typed) === null;
  return (
    <TextInput
      label={texts.lead}
      description={texts.leadHint}
      value={typed ?? (value > 0 ? durationName(value * 1_000) : "0\u202fd")}
      error={wrong && texts.durationWrong}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        const ms = parse(event.currentTarget.value);
        if (ms !== null) onChange(Math.round(ms / 1_000));
      }}
      onBlur={() => !wrong && setTyped(null)}
    />
  );
}
