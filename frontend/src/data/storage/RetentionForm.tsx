import { Checkbox, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Retention, Site } from "../../api/types";
import { formatDate } from "../../format";
import { useNow } from "../../moment";
import { Actions } from "../../ui/Actions";
import { ErrorMessage } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import type { Kept } from "./api";
import { DAYS_EXAMPLE, daysName, daysText, shortens, readDays, conflictOf } from "./days";
import { texts } from "./texts";

const DAY = 86_400_000;

interface Props {
  site: Site | null;
  before: Retention;
  /** The setting of sites without one of their own. */
  all: Retention;
  error: unknown;
  busy: boolean;
  close: () => void;
  save: (kept: Kept | null) => void;
}

/** How long samples and rollups are kept. What would be deleted is shown before it is saved. */
export function RetentionForm({ site, before, all, error, busy, close, save }: Props) {
  const [raw, setRaw] = useState(daysText(before.raw_days));
  const [ladder, setLadder] = useState(daysText(before.ladder_days));
  const [asAll, setAsAll] = useState(site !== null && !before.own);
  const [confirmed, setConfirmed] = useState(false);
  const typed = { raw_days: readDays(raw), ladder_days: readDays(ladder) };
  const valid = typed.raw_days !== undefined && typed.ladder_days !== undefined;
  const own: Kept | null = valid ? (typed as Kept) : null;
  const conflict = own && conflictOf(own);
  const after: Kept | null = asAll ? all : conflict ? null : own;
  const shorter = after !== null && shortens(before, after);
  const submit = () => {
    if (!after) return;
    if (shorter && !confirmed) setConfirmed(true);
    else save(asAll ? null : after);
  };
  const change = (set: (text: string) => void) => (event: React.ChangeEvent<HTMLInputElement>) => {
    set(event.currentTarget.value);
    setConfirmed(false);
  };
  return (
    <Modal opened onClose={close} title={texts.title(site?.name ?? texts.allSites)} size={440}>
      <SubmitForm onSubmit={submit}>
        {!!error && <ErrorMessage error={error} />}
        {site && (
          <Checkbox
            label={texts.sameAsAllSitesDetail(daysName(all.raw_days), daysName(all.ladder_days))}
            checked={asAll}
            onChange={(event) => {
              setAsAll(event.currentTarget.checked);
              setConfirmed(false);
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
              error={typed.raw_days === undefined && DAYS_EXAMPLE}
            />
            <TextInput
              label={texts.keepRollups}
              placeholder={texts.forever}
              value={ladder}
              onChange={change(setLadder)}
              error={typed.ladder_days === undefined ? DAYS_EXAMPLE : conflict}
            />
          </>
        )}
        {confirmed && shorter && after && <Loss site={site} before={before} after={after} />}
        <Actions
          does={confirmed && shorter ? texts.apply : texts.save}
          close={close}
          danger={confirmed && shorter}
          disabled={!after}
          loading={busy}
        />
      </SubmitForm>
    </Modal>
  );
}

/** What would be deleted, as dates. */
function Loss({ site, before, after }: { site: Site | null; before: Kept; after: Kept }) {
  const now = useNow();
  const zone = site?.timezone ?? "UTC";
  const cutoff = (name: "raw_days" | "ladder_days") =>
    after[name] !== null && after[name] !== before[name] && (before[name] === null || after[name] < before[name])
      ? formatDate(now - after[name] * DAY, zone)
      : null;
  const [samples, rollups] = [cutoff("raw_days"), cutoff("ladder_days")];
  return (
    <ErrorMessage>
      {texts.loss(
        [samples && texts.samplesBefore(samples), rollups && texts.rollupsBefore(rollups)]
          .filter(Boolean)
          .join(texts.and),
        site === null,
      )}
    </ErrorMessage>
  );
}
