import { useMemo } from "react";
import { useSiteCatalog } from "../../catalog";
import { useCalculated } from "../../catalog/calculated";
import { useSite, useSites } from "../../tenant";
import type { RuleContent, Trigger } from "./api";

export type NameOf = (id: string) => string;

function namedTrigger(trigger: Trigger, nameOf: NameOf): Trigger {
  if (trigger.kind === "deviation" && typeof trigger.set_point === "string")
    return { ...trigger, set_point: nameOf(trigger.set_point) };
  if (trigger.kind === "discrepancy") return { ...trigger, command: nameOf(trigger.command) };
  return trigger;
}

/** Rules are stored with ids; people read and write tags and names. */
export function withNames<T extends RuleContent>(rule: T, nameOf: NameOf): T {
  const { applies } = rule;
  return {
    ...rule,
    applies: {
      ...applies,
      sensors: (applies.sensors ?? []).map(nameOf),
      calculated: (applies.calculated ?? []).map(nameOf),
    },
    trigger: namedTrigger(rule.trigger, nameOf),
    overrides: (rule.overrides ?? []).map((each) =>
      each.trigger ? { ...each, trigger: namedTrigger(each.trigger, nameOf) } : each,
    ),
  };
}

/** The tag or name of what is in this site. With several sites a tag alone may mean two sensors, so it has its site. */
export function useNameOf(): NameOf {
  const site = useSite();
  const several = (useSites().data?.length ?? 0) > 1;
  const { catalog } = useSiteCatalog(site?.id);
  const calculated = useCalculated(site?.id).data;
  return useMemo(() => {
    const named = new Map(calculated?.map((each) => [each.id, each.name]));
    return (id) => {
      const tag = catalog?.sensorById.get(id)?.tag;
      return tag === undefined ? (named.get(id) ?? id) : several ? `${site?.slug}:${tag}` : tag;
    };
  }, [site, several, catalog, calculated]);
}
