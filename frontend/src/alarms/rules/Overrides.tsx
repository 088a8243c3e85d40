import { Autocomplete, Button, Checkbox, TextInput } from "@mantine/core";
import { useSiteCatalog } from "../../catalog";
import { useWithCalculated } from "../../catalog/calculated";
import { useSite } from "../../tenant";
import ui from "../../ui/ui.module.css";
import type { Override, RuleContent, Trigger } from "./api";
import { NumberField } from "./NumberField";
import { SecondsInput } from "./SecondsInput";
import styles from "./rules.module.css";
import { texts } from "./texts";

interface Props {
  rule: RuleContent;
  change: (overrides: Override[]) => void;
}

const limitOf = (trigger: Trigger | null | undefined): number | undefined =>
  trigger && "limit" in trigger ? trigger.limit : undefined;

/** Other values at one sensor or one asset of the many that the rule is for. */
export function Overrides({ rule, change }: Props) {
  const site = useSite()?.id;
  const catalog = useWithCalculated(useSiteCatalog(site).catalog, site);
  const overrides = rule.overrides ?? [];
  const tagOf = (target: string) => (catalog?.sensorById.get(target) ?? catalog?.assetById.get(target))?.tag ?? target;
  const tags = [...(catalog?.assets ?? []), ...(catalog?.sensors ?? [])].map((each) => each.tag);
  const set = (index: number, changes: Partial<Override>) =>
    change(overrides.map((each, place) => (place === index ? { ...each, ...changes } : each)));
  const add = () => change([...overrides, { target: "", enabled: true }]);
  const limited = "limit" in rule.trigger;
  return (
    <>
      <p className={ui.quiet}>{texts.overridesHint}</p>
      {overrides.map((override, index) => (
        <fieldset key={index} className={styles.override}>
          <legend>{texts.overrideOf(tagOf(override.target) || "…")}</legend>
          <div className={styles.pair}>
            <Autocomplete
              label={texts.overrideTarget}
              data={[...new Set(tags)]}
              limit={30}
              value={tagOf(override.target)}
              onChange={(target) => set(index, { target })}
            />
            {limited && (
              <NumberField
                label={texts.limit}
                description={texts.asRule(limitOf(rule.trigger))}
                value={limitOf(override.trigger)}
                onChange={(limit) =>
                  set(index, { trigger: limit === undefined ? null : ({ ...rule.trigger, limit } as Trigger) })
                }
              />
            )}
            <SecondsInput
              label={texts.onDelay}
              value={override.on_delay_s ?? rule.on_delay_s ?? 0}
              onChange={(on_delay_s) => set(index, { on_delay_s })}
            />
            <SecondsInput
              label={texts.offDelay}
              value={override.off_delay_s ?? rule.off_delay_s ?? 0}
              onChange={(off_delay_s) => set(index, { off_delay_s })}
            />
            <TextInput
              label={texts.why}
              maxLength={4_000}
              value={override.note ?? ""}
              onChange={(event) => set(index, { note: event.currentTarget.value })}
            />
            <Checkbox
              className={styles.alone}
              label={texts.overrideOn}
              checked={override.enabled !== false}
              onChange={(event) => set(index, { enabled: event.currentTarget.checked })}
            />
          </div>
          <button
            type="button"
            className={ui.link}
            onClick={() => change(overrides.filter((_, place) => place !== index))}
          >
            {texts.overrideRemove}
          </button>
        </fieldset>
      ))}
      <div>
        <Button variant="default" onClick={add}>
          {texts.overrideAdd}
        </Button>
      </div>
    </>
  );
}
