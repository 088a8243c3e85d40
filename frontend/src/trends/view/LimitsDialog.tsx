import { Button, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { displayUnit } from "../../format";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import type { Trace } from "../lanes";
import { readLimits } from "../options";
import type { Limits } from "../options";
import { texts } from "../texts";
import styles from "./view.module.css";

interface Props {
  traces: Trace[];
  limits: ReadonlyMap<number, Limits>;
  save: (limits: Map<number, Limits>) => void;
  close: () => void;
}

interface Draft {
  low: string;
  high: string;
}

/** The limits of a draft, null if it has none; an error where they are no numbers, or no range. */
export function limitsOf({ low, high }: Draft): Limits | null | "invalid" {
  if (!low.trim() && !high.trim()) return null;
  const found = readLimits(`1:${low.trim()}..${high.trim()}`).get(1);
  const missing = found && ((low.trim() !== "" && found.low === null) || (high.trim() !== "" && found.high === null));
  return found && !missing ? found : "invalid";
}

/** Limits of this view, for each measured sensor: drawn as lines, and part of the link. */
export function LimitsDialog({ traces, limits, save, close }: Props) {
  const measured = traces.filter(({ sensor }) => sensor.kind === "continuous");
  const [drafts, setDrafts] = useState(
    () =>
      new Map<number, Draft>(
        measured.map(({ slot }) => {
          const own = limits.get(slot);
          return [slot, { low: String(own?.low ?? ""), high: String(own?.high ?? "") }];
        }),
      ),
  );
  const found = new Map([...drafts].map(([slot, draft]) => [slot, limitsOf(draft)]));
  const invalid = [...found.values()].includes("invalid");
  const submit = () => {
    if (invalid) return;
    save(new Map([...found].flatMap(([slot, own]) => (own && own !== "invalid" ? [[slot, own]] : []))));
    close();
  };
  const change = (slot: number, part: Partial<Draft>) =>
    setDrafts(new Map(drafts).set(slot, { ...drafts.get(slot)!, ...part }));
  return (
    <Modal opened onClose={close} title={texts.limitsTitle}>
      {measured.length === 0 ? (
        <p>{texts.noLimits}</p>
      ) : (
        <SubmitForm onSubmit={submit}>
          <p className={ui.sub}>{texts.limitsDetail}</p>
          {measured.map(({ sensor, slot }, index) => (
            <div key={sensor.id} className={styles.limits}>
              <span title={sensor.name}>
                <i style={{ background: `var(--pt-series-${slot})` }} />
                <b>{sensor.tag}</b> {displayUnit(sensor.unit)}
              </span>
              {(["low", "high"] as const).map((side) => (
                <TextInput
                  key={side}
                  label={side === "low" ? texts.lowLimitLabel : texts.highLimitLabel}
                  aria-label={side === "low" ? texts.lowLimitOf(sensor.tag) : texts.highLimitOf(sensor.tag)}
                  inputMode="decimal"
                  maxLength={30}
                  data-autofocus={index === 0 && side === "low" ? true : undefined}
                  value={drafts.get(slot)![side]}
                  onChange={(event) => change(slot, { [side]: event.currentTarget.value })}
                  error={found.get(slot) === "invalid" && side === "high" && texts.limitsInvalid}
                />
              ))}
            </div>
          ))}
          <Button type="submit" disabled={invalid}>
            {texts.apply}
          </Button>
        </SubmitForm>
      )}
    </Modal>
  );
}
