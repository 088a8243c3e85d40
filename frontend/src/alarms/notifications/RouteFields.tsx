import { Checkbox, MultiSelect, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { PRIORITIES, PriorityMark } from "../../alarmData";
import type { Priority } from "../../alarmData";
import { useSiteCatalog } from "../../catalog";
import { useSite, useSites } from "../../tenant";
import type { Match, RouteContent } from "./api";
import { useRules } from "./data";
import { FrequencyFields } from "./FrequencyFields";
import styles from "./notifications.module.css";
import { StepFields } from "./StepFields";
import { texts } from "./texts";
import { ActiveFields } from "./TimesFields";

interface Props {
  route: RouteContent;
  change: (changes: Partial<RouteContent>) => void;
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** All that a route says: which alarms, when, who, how often. */
export function RouteFields({ route, change }: Props) {
  const on = route.on ?? ["raised"];
  const toggle = (what: "raised" | "returned", checked: boolean) => {
    const next = checked ? [...on, what] : on.filter((each) => each !== what);
    if (next.length > 0) change({ on: next });
  };
  return (
    <>
      <Section title={texts.which}>
        <div className={styles.pair}>
          <TextInput
            label={texts.name}
            placeholder={texts.routeExample}
            maxLength={200}
            value={route.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Checkbox
            className={styles.alone}
            label={texts.enabled}
            checked={route.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
        </div>
        <MatchFields match={route.match} change={(match) => change({ match })} />
      </Section>
      <Section title={texts.when}>
        <Checkbox.Group label={texts.told} value={on}>
          <div className={styles.checks}>
            {(["raised", "returned"] as const).map((what) => (
              <Checkbox
                key={what}
                value={what}
                label={texts.ons[what]}
                onChange={(event) => toggle(what, event.currentTarget.checked)}
              />
            ))}
          </div>
        </Checkbox.Group>
        <ActiveFields active={route.active} change={(active) => change({ active })} />
      </Section>
      <Section title={texts.who}>
        <StepFields steps={route.steps} single={route.digest !== null} change={(steps) => change({ steps })} />
      </Section>
      <Section title={texts.how}>
        <FrequencyFields route={route} change={change} />
      </Section>
    </>
  );
}

interface Choice {
  value: string;
  label: string;
}

/** What is chosen stays in the list, also if this site does not have it. */
const withChosen = (data: Choice[], chosen: readonly string[]): Choice[] => {
  const known = new Set(data.map((each) => each.value));
  return [...data, ...chosen.filter((id) => !known.has(id)).map((id) => ({ value: id, label: id }))];
};

function MatchFields({ match, change }: { match: Match; change: (match: Match) => void }) {
  const sites = useSites().data ?? [];
  const { catalog } = useSiteCatalog(useSite()?.id);
  const rules = useRules().data ?? [];
  const priorities = match.priorities ?? [];
  const toggle = (priority: Priority, checked: boolean) =>
    change({
      ...match,
      priorities: checked ? [...priorities, priority].sort() : priorities.filter((each) => each !== priority),
    });
  const list = (name: "sites" | "areas" | "assets" | "rules", label: string, hint: string, data: Choice[]) => (
    <MultiSelect
      label={label}
      description={hint}
      placeholder={match[name].length > 0 ? undefined : texts.any}
      searchable
      limit={200}
      data={withChosen(data, match[name])}
      value={match[name]}
      onChange={(value) => change({ ...match, [name]: value })}
    />
  );
  return (
    <>
      <Checkbox.Group label={texts.priorities} description={texts.prioritiesHint} value={priorities.map(String)}>
        <div className={styles.checks}>
          {PRIORITIES.map((priority) => (
            <Checkbox
              key={priority}
              value={String(priority)}
              label={<PriorityMark priority={priority} />}
              onChange={(event) => toggle(priority, event.currentTarget.checked)}
            />
          ))}
        </div>
      </Checkbox.Group>
      <div className={styles.pair}>
        {list(
          "sites",
          texts.sites,
          texts.places,
          sites.map((each) => ({ value: each.id, label: each.name })),
        )}
        {list(
          "areas",
          texts.areas,
          texts.areasHint,
          (catalog?.areas ?? []).map((each) => ({ value: each.id, label: each.name })),
        )}
        {list(
          "assets",
          texts.assets,
          texts.assetsHint,
          (catalog?.assets ?? []).map((each) => ({ value: each.id, label: `${each.tag} ${each.name}`.trim() })),
        )}
        {list(
          "rules",
          texts.rules,
          texts.rulesHint,
          rules.map((each) => ({ value: each.id, label: each.name })),
        )}
      </div>
    </>
  );
}
