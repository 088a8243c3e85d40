import { Checkbox, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Retention, Site } from "../../api/types";
import { formatDate } from "../../format";
import { useNow } from "../../moment";
import { Actions } from "../../ui/Actions";
import { Trouble } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import type { Kept } from "./api";
import { DAYS_TOLD, daysName, daysText, losesSome, readDays, wrongTogether } from "./days";
import { texts } from "./texts";

const DAY = 86_400_000;

interface Props {
  site: Site | null;
  before: Retention;
  /** What counts for sites without a setting of their own. */
  all: Retention;
  error: unknown;
  busy: boolean;
  close: () => void;
  save: (kept: Kept | null) => void;
}

/** Two lengths of time. What would be lost is said before it is saved. */
export function RetentionForm({ site, before, all, error, busy, close, save }: Props) {
  const [raw, setRaw] = useState(daysText(before.raw_days));
  const [ladder, setLadder] = useState(daysText(before.ladder_days));
  const [asAll, setAsAll] = useState(site !== null && !before.own);
  const [sure, setSure] = useState(false);
  const typed = { raw_days: readDays(raw), ladder_days: readDays(ladder) };
  const fits = typed.raw_days !== undefined && typed.ladder_days !== undefined;
  const own: Kept | null = fits ? (typed as Kept) : null;
  const wrong = own && wrongTogether(own);
  const after: Kept | null = asAll ? all : wrong ? null : own;
  const loses = after !== null && losesSome(before, after);
  const submit = () => {
    if (!after) return;
    if (loses && !sure) setSure(true);
    else save(asAll ? null : after);
  };
  const change = (set: (text: string) => void) => (event: React.ChangeEvent<HTMLInputElement>) => {
    set(event.currentTarget.value);
    setSure(false);
  };
  return (
    <Modal opened onClose={close} title={`Retention of ${site?.name ?? texts.allSites}`} size={440}>
      <SubmitForm onSubmit={submit}>
        {!!error && <Trouble error={error} />}
        {site && (
          <Checkbox
            label={texts.sameAllSitesSamples(daysName(all.raw_days), daysName(all.ladder_days))}
            checked={asAll}
            onChange={(event) => {
              setAsAll(event.currentTarget.checked);
              setSure(false);
            }}
          />
        )}
        {!asAll && (
          <>
            <TextInput
              label={texts.keepSamples}
              placeholder={texts.forever}
              data-autofocus
              value={raw}
              onChange={change(setRaw)}
              error={typed.raw_days === undefined && DAYS_TOLD}
            />
            <TextInput
              label={texts.keepRollups}
              placeholder={texts.forever}
              value={ladder}
              onChange={change(setLadder)}
              error={typed.ladder_days === undefined ? DAYS_TOLD : wrong}
            />
          </>
        )}
        {sure && loses && after && <Loss site={site} before={before} after={after} />}
        <Actions
          does={sure && loses ? texts.apply : texts.save}
          close={close}
          danger={sure && loses}
          disabled={!after}
          loading={busy}
        />
      </SubmitForm>
    </Modal>
  );
}

/** Which times would be let go of, as dates. */
function Loss({ site, before, after }: { site: Site | null; before: Kept; after: Kept }) {
  const now = useNow();
  const zone = site?.timezone ?? "UTC";
  const shorter = (name: "raw_days" | "ladder_days") =>
    after[name] !== null && after[name] !== before[name] && (before[name] === null || after[name] < before[name])
      ? formatDate(now - after[name] * DAY, zone)
      : null;
  const [samples, rollups] = [shorter("raw_days"), shorter("ladder_days")];
  return (
    <Trouble>
      {texts.nextDailyRun}{" "}
      {[samples && texts.samplesBefore(samples), rollups && texts.rollupsBefore(rollups)].filter(Boolean).join(" and ")}{" "}
      {texts.deletedPermanently}
      {site ? "" : texts.everySiteWithoutOwn}
      {texts.youCanUndoUntil}
    </Trouble>
  );
}
