import { Checkbox, Modal, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { Problem } from "../../api/problem";
import { Assigned, MomentField, caseTexts } from "../../cases";
import type { Priority } from "../../cases";
import { useSiteCatalog } from "../../catalog";
import { useZone } from "../../moment";
import { useSite } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { useSaveCampaign } from "./api";
import type { Campaign, CampaignDraft, DeviceQuery } from "./api";
import styles from "./campaigns.module.css";
import { draftOf, isComplete, NEW } from "./draft";
import { texts } from "../texts";

interface Props {
  campaign: Campaign | undefined;
  close: () => void;
  stored: (campaign: Campaign) => void;
}

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];
const MAX_PATTERN = 100;

/** What is to be done at which devices, and until when. */
export function CampaignForm({ campaign, close, stored }: Props) {
  const [draft, setDraft] = useState<CampaignDraft>(() => (campaign ? draftOf(campaign) : NEW));
  const zone = useZone().name;
  const save = useSaveCampaign();
  const set = (changes: Partial<CampaignDraft>) => setDraft((old) => ({ ...old, ...changes }));
  const title = campaign ? texts.editCampaign : texts.newCampaign;
  const ready = isComplete(draft);
  const stale = save.error instanceof Problem && save.error.slug === "stale-revision";
  const submit = () =>
    ready && save.mutate({ from: campaign, draft: { ...draft, name: draft.name.trim() } }, { onSuccess: stored });
  return (
    <Modal opened onClose={close} title={title} size={520}>
      <SubmitForm onSubmit={submit} error={stale ? texts.conflict : save.error} label={title}>
        <TextInput
          data-autofocus
          label={texts.name}
          placeholder={texts.campaignExample}
          maxLength={200}
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <QueryFields query={draft.query} change={(query) => set({ query })} />
        <Textarea
          label={texts.instruction}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={4_000}
          value={draft.instruction ?? ""}
          onChange={(event) => set({ instruction: event.currentTarget.value })}
        />
        <div className={styles.fields}>
          <Select
            label={texts.priority}
            data={PRIORITIES.map((value) => ({ value: String(value), label: caseTexts.priority(value) }))}
            value={String(draft.priority ?? 3)}
            onChange={(value) => value && set({ priority: Number(value) as Priority })}
          />
          <Assigned value={draft.assigned ?? null} onChange={(assigned) => set({ assigned })} />
          <MomentField
            label={texts.due}
            zone={zone}
            value={draft.due == null ? null : Number(draft.due)}
            onChange={(due) => set({ due })}
          />
        </div>
        <Checkbox
          label={texts.closed}
          description={texts.isClosed}
          checked={draft.closed ?? false}
          onChange={(event) => set({ closed: event.currentTarget.checked })}
        />
        <Actions does={texts.save} close={close} disabled={!ready} loading={save.isPending} />
      </SubmitForm>
    </Modal>
  );
}

function QueryFields({ query, change }: { query: DeviceQuery; change: (query: DeviceQuery) => void }) {
  const { catalog } = useSiteCatalog(useSite()?.id);
  const types = useMemo(
    () => [...new Set(catalog?.assets.map((each) => each.type).filter(Boolean) ?? [])].sort(),
    [catalog],
  );
  const field = (name: "asset_types" | "names" | "firmware" | "not_firmware", label: string, data: string[] = []) => (
    <TagsInput
      label={label}
      data={data}
      maxTags={50}
      value={query[name] ?? []}
      onChange={(patterns) => change({ ...query, [name]: patterns.map((each) => each.slice(0, MAX_PATTERN)) })}
    />
  );
  return (
    <fieldset className={styles.which}>
      <legend>{texts.whichDevices}</legend>
      <div className={styles.fields}>
        {field("asset_types", texts.assetTypes, types)}
        {field("names", texts.names)}
        {field("firmware", texts.firmware)}
        {field("not_firmware", texts.notFirmware)}
      </div>
      <p>{texts.whichHint}</p>
    </fieldset>
  );
}
