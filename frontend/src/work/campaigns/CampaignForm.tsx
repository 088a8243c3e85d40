import { Checkbox, Modal, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { Problem } from "../../api/problem";
import { Assigned, MomentField, PriorityField } from "../../cases";
import { useSiteCatalog } from "../../catalog";
import { useZone } from "../../moment";
import { useSite } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import type { FormProps } from "../ListPage";
import work from "../work.module.css";
import { campaigns } from "./api";
import type { Campaign, CampaignDraft, DeviceQuery } from "./api";
import { draftOf, isComplete, NEW } from "./draft";
import { texts } from "../texts";

const MAX_PATTERN = 100;

/** What is to be done at which devices, and until when. */
export function CampaignForm({ from, close, stored }: FormProps<Campaign>) {
  const [draft, setDraft] = useState<CampaignDraft>(() => (from ? draftOf(from) : NEW));
  const zone = useZone().name;
  const save = campaigns.useSave();
  const set = (changes: Partial<CampaignDraft>) => setDraft((old) => ({ ...old, ...changes }));
  const title = from ? texts.editCampaign : texts.newCampaign;
  const ready = isComplete(draft);
  const stale = save.error instanceof Problem && save.error.slug === "stale-revision";
  const submit = () =>
    ready && save.mutate({ from, draft: { ...draft, name: draft.name.trim() } }, { onSuccess: stored });
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
        <div className={ui.pair}>
          <PriorityField value={draft.priority ?? 3} onChange={(priority) => set({ priority })} />
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
    <fieldset className={work.group}>
      <legend>{texts.whichDevices}</legend>
      <div className={ui.pair}>
        {field("asset_types", texts.assetTypes, types)}
        {field("names", texts.names)}
        {field("firmware", texts.firmware)}
        {field("not_firmware", texts.notFirmware)}
      </div>
      <p className={ui.sub}>{texts.whichHint}</p>
    </fieldset>
  );
}
