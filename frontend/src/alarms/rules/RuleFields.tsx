import { Autocomplete, Checkbox, MultiSelect, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { tenantOfPath } from "../../api/client";
import { PriorityMark } from "../../alarmData";
import { useSiteCatalog } from "../../catalog";
import { useCalculated } from "../../catalog/calculated";
import { useSite, useSites } from "../../tenant";
import ui from "../../ui/ui.module.css";
import { CONSEQUENCES, readSettings, URGENCIES } from "./api";
import type { Consequence, Rule, RuleContent, Urgency } from "./api";
import { ArmedFields } from "./ArmedFields";
import { SCOPES, scopeOf, withScope } from "./draft";
import type { Scope } from "./draft";
import { Overrides } from "./Overrides";
import { SecondsInput } from "./SecondsInput";
import { Section } from "./Section";
import { TriggerFields } from "./TriggerFields";
import styles from "./rules.module.css";
import { texts } from "./texts";

interface Props {
  rule: RuleContent;
  /** The id of the rule itself, which cannot suppress itself. */
  own: string | undefined;
  change: (changes: Partial<RuleContent>) => void;
  rules: readonly Rule[];
}

/** All that a rule says, in the order in which one thinks of it: what, when, how important, what to do. */
export function RuleFields({ rule, own, change, rules }: Props) {
  return (
    <>
      <Section title={texts.what}>
        <TextInput
          label={texts.name}
          placeholder={texts.nameExample}
          maxLength={200}
          value={rule.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <AppliesFields rule={rule} change={change} />
      </Section>
      <Section title={texts.when}>
        <TriggerFields rule={rule} change={change} />
        <div className={styles.pair}>
          <SecondsInput
            label={texts.onDelay}
            hint={texts.onDelayHint}
            value={rule.on_delay_s ?? 0}
            onChange={(value) => change({ on_delay_s: value })}
          />
          <SecondsInput
            label={texts.offDelay}
            hint={texts.offDelayHint}
            value={rule.off_delay_s ?? 0}
            onChange={(value) => change({ off_delay_s: value })}
          />
        </div>
        <ArmedFields armed={rule.armed ?? null} change={(armed) => change({ armed })} />
        <Checkbox
          label={texts.latching}
          description={texts.latchingHint}
          checked={rule.latching ?? false}
          onChange={(event) => change({ latching: event.currentTarget.checked })}
        />
        <MultiSelect
          label={texts.suppressedBy}
          description={texts.suppressedByHint}
          searchable
          data={rules.filter((each) => each.id !== own).map((each) => ({ value: each.id, label: each.name }))}
          value={rule.suppressed_by ?? []}
          onChange={(value) => change({ suppressed_by: value })}
        />
      </Section>
      <PriorityFields rule={rule} change={change} />
      <Section title={texts.whatToDo}>
        <Textarea
          label={texts.instruction}
          description={texts.instructionHint}
          autosize
          minRows={3}
          maxRows={12}
          maxLength={4_000}
          value={rule.instruction ?? ""}
          onChange={(event) => change({ instruction: event.currentTarget.value })}
        />
        <TextInput
          label={texts.owner}
          description={texts.ownerHint}
          maxLength={200}
          value={rule.owner ?? ""}
          onChange={(event) => change({ owner: event.currentTarget.value })}
        />
      </Section>
      <Section title={texts.overrides}>
        <Overrides rule={rule} change={(overrides) => change({ overrides })} />
      </Section>
    </>
  );
}

type Part = Pick<Props, "rule" | "change">;

function AppliesFields({ rule, change }: Part) {
  const site = useSite();
  const sites = useSites().data ?? [];
  const { catalog } = useSiteCatalog(site?.id);
  const calculated = useCalculated(site?.id).data;
  const [scope, setScope] = useState<Scope>(() => scopeOf(rule.applies));
  const { applies } = rule;
  const set = (changes: Partial<typeof applies>) => change({ applies: { ...applies, ...changes } });
  const types = useMemo(() => [...new Set(catalog?.assets.map((each) => each.type) ?? [])].sort(), [catalog]);
  const known: Record<Exclude<Scope, "asset_type">, string[]> = {
    sensors: catalog?.sensors.map((each) => each.tag) ?? [],
    calculated: calculated?.map((each) => each.name) ?? [],
    devices: [],
    sources: [],
  };
  const choose = (value: string | null) => {
    if (!value) return;
    setScope(value as Scope);
    change({ applies: withScope(applies, value as Scope) });
  };
  return (
    <>
      <div className={styles.pair}>
        <Select
          label={texts.appliesTo}
          data={SCOPES.map((value) => ({ value, label: texts.scopes[value] }))}
          value={scope}
          allowDeselect={false}
          onChange={choose}
        />
        <Select
          label={texts.site}
          placeholder={texts.allSites}
          clearable
          data={sites.map((each) => ({ value: each.slug, label: each.name }))}
          value={sites.find((each) => each.id === applies.site)?.slug ?? applies.site ?? null}
          onChange={(value) => set({ site: value })}
        />
      </div>
      {scope === "asset_type" ? (
        <div className={styles.pair}>
          <Autocomplete
            label={texts.assetType}
            data={types}
            value={applies.asset_type ?? ""}
            onChange={(value) => set({ asset_type: value })}
          />
          <TextInput
            label={texts.pattern}
            description={texts.patternHint}
            value={applies.pattern ?? ""}
            onChange={(event) => set({ pattern: event.currentTarget.value })}
          />
        </div>
      ) : (
        <TagsInput
          label={texts.scopes[scope]}
          description={texts.scopeHints[scope]}
          data={known[scope].slice(0, 5_000)}
          limit={50}
          value={applies[scope] ?? []}
          onChange={(value) => set({ [scope]: value })}
        />
      )}
    </>
  );
}

function PriorityFields({ rule, change }: Part) {
  const matrix = useQuery({
    queryKey: [tenantOfPath(), "alarm settings"],
    queryFn: ({ signal }) => readSettings(signal),
    staleTime: 60_000,
  }).data?.matrix;
  const consequence = rule.consequence ?? "moderate";
  const urgency = rule.urgency ?? "10_to_30_min";
  const priority = matrix?.[consequence][urgency];
  return (
    <Section title={texts.importance}>
      <div className={styles.pair}>
        <Select
          label={texts.consequence}
          data={CONSEQUENCES.map((value) => ({ value, label: texts.consequences[value] }))}
          value={consequence}
          allowDeselect={false}
          onChange={(value) => value && change({ consequence: value as Consequence })}
        />
        <Select
          label={texts.urgency}
          data={URGENCIES.map((value) => ({ value, label: texts.urgencies[value] }))}
          value={urgency}
          allowDeselect={false}
          onChange={(value) => value && change({ urgency: value as Urgency })}
        />
      </div>
      {priority && (
        <p className={styles.priority}>
          <PriorityMark priority={priority} silent /> {texts.priorityIs(priority)}{" "}
          <span className={ui.quiet}>{texts.byMatrix}</span>
        </p>
      )}
    </Section>
  );
}
