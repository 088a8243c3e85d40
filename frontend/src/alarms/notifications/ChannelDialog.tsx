import { Checkbox, Modal, PasswordInput, Select, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { DialogFoot } from "../DialogFoot";
import { formatMoment } from "../../format";
import { useNow } from "../../moment";
import { SubmitForm } from "../../ui/SubmitForm";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { deleteChannel, putChannel } from "./api";
import type { Channel, ChannelContent, ChannelKind, ChannelSettings } from "./api";
import { useChange } from "./data";
import { Deleting } from "./Saving";
import { texts } from "./texts";

interface Props {
  channel: Channel | undefined;
  mayEdit: boolean;
  close: () => void;
}

const KINDS = Object.keys(texts.kinds) as ChannelKind[];
const MIN_SECRET = 16;
const DAY_S = 86_400;
const OVERLAPS_S = [0, 3_600, DAY_S, 7 * DAY_S];

const fresh = (kind: ChannelKind): ChannelSettings => {
  switch (kind) {
    case "email":
      return { kind, addresses: [] };
    case "webhook":
      return { kind, url: "" };
    case "push":
      return { kind };
    default:
      return { kind };
  }
};

/** Without what the API adds; secrets are not there. */
function contentOf({ name, enabled, settings }: Channel): ChannelContent {
  if (settings.kind === "email") return { name, enabled, settings: { kind: "email", addresses: settings.addresses } };
  if (settings.kind === "webhook") return { name, enabled, settings: { kind: "webhook", url: settings.url } };
  return { name, enabled, settings: fresh(settings.kind) };
}

/** With a new secret of a webhook, until when the previous one is valid. */
function withOverlap(content: ChannelContent, seconds: number): ChannelContent {
  const { settings } = content;
  if (settings.kind !== "webhook" || !settings.secret || !seconds) return content;
  return { ...content, settings: { ...settings, old_secret_until: Date.now() + seconds * 1000 } };
}

function isComplete({ name, settings }: ChannelContent, isNew: boolean): boolean {
  if (!name.trim()) return false;
  switch (settings.kind) {
    case "email":
      return settings.addresses.length > 0;
    case "webhook":
      return !!settings.url && (settings.secret ? settings.secret.length >= MIN_SECRET : !isNew);
    case "push":
      return true;
    default:
      return !isNew || !!settings.url;
  }
}

export function ChannelDialog({ channel, mayEdit, close }: Props) {
  const [draft, setDraft] = useState<ChannelContent>(() =>
    channel ? contentOf(channel) : { name: "", enabled: true, settings: fresh("email") },
  );
  const [deleting, setDeleting] = useState(false);
  const [overlap, setOverlap] = useState(DAY_S);
  const save = useChange(() => putChannel(channel ? withOverlap(draft, overlap) : draft, channel), close);
  const { settings } = draft;
  const set = (changes: Partial<ChannelContent>) => setDraft((old) => ({ ...old, ...changes }));
  if (deleting && channel)
    return (
      <Deleting
        name={channel.name}
        remove={() => deleteChannel(channel)}
        removed={close}
        close={() => setDeleting(false)}
      />
    );
  return (
    <Modal opened onClose={close} title={channel?.name ?? texts.newChannel} size={560}>
      <SubmitForm onSubmit={() => save.mutate(undefined)}>
        <ErrorMessage error={save.error} />
        <fieldset disabled={!mayEdit} className={ui.fields}>
          <Select
            label={texts.kind}
            description={texts.kindHints[settings.kind]}
            data={KINDS.map((value) => ({ value, label: texts.kinds[value] }))}
            value={settings.kind}
            allowDeselect={false}
            disabled={!!channel}
            onChange={(kind) => kind && set({ settings: fresh(kind) })}
          />
          <TextInput
            label={texts.name}
            maxLength={200}
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <SettingsFields
            settings={settings}
            isNew={!channel}
            old={{
              until: channel?.settings.kind === "webhook" ? channel.settings.old_secret_until : null,
              overlap,
              setOverlap,
            }}
            change={(next) => set({ settings: next })}
          />
          <Checkbox
            label={texts.enabled}
            checked={draft.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
        </fieldset>
        <DialogFoot
          texts={texts}
          mayEdit={mayEdit}
          isComplete={isComplete(draft, !channel)}
          isSaving={save.isPending}
          close={close}
          remove={channel ? () => setDeleting(true) : undefined}
        />
      </SubmitForm>
    </Modal>
  );
}

interface SettingsProps {
  settings: ChannelSettings;
  isNew: boolean;
  old: Omit<OldSecretProps, "isReplaced">;
  change: (settings: ChannelSettings) => void;
}

function SettingsFields({ settings, isNew, old, change }: SettingsProps) {
  switch (settings.kind) {
    case "email":
      return (
        <TagsInput
          label={texts.addresses}
          description={texts.addressesHint}
          maxTags={50}
          splitChars={[",", ";", " "]}
          acceptValueOnBlur
          value={settings.addresses}
          onChange={(addresses) => change({ ...settings, addresses })}
        />
      );
    case "webhook":
      return (
        <>
          <TextInput
            label={texts.url}
            placeholder="https://"
            maxLength={2_048}
            value={settings.url}
            onChange={(event) => change({ ...settings, url: event.currentTarget.value.trim() })}
          />
          <Secret
            label={texts.secret}
            hint={isNew ? texts.secretHint : texts.secretKept}
            value={settings.secret ?? ""}
            onChange={(secret) => change({ kind: "webhook", url: settings.url, ...(secret && { secret }) })}
          />
          {!isNew && <OldSecret isReplaced={!!settings.secret} {...old} />}
        </>
      );
    case "push":
      return null;
    default:
      return (
        <Secret
          label={settings.kind === "apprise" ? texts.appriseUrl : texts.url}
          hint={isNew ? undefined : texts.secretKept}
          value={settings.url ?? ""}
          onChange={(url) => change({ kind: settings.kind, ...(url.trim() && { url: url.trim() }) })}
        />
      );
  }
}

interface OldSecretProps {
  /** Whether another one is entered. */
  isReplaced: boolean;
  until: number | null;
  overlap: number;
  setOverlap: (seconds: number) => void;
}

/** For how long the previous secret is valid beside a new one. */
function OldSecret({ isReplaced, until, overlap, setOverlap }: OldSecretProps) {
  const now = useNow();
  if (!isReplaced)
    return until !== null && until > now ? (
      <p className={ui.quiet}>
        {texts.oldSecretUntil(formatMoment(until, Intl.DateTimeFormat().resolvedOptions().timeZone, false))}
      </p>
    ) : null;
  return (
    <Select
      label={texts.oldSecret}
      description={texts.oldSecretHint}
      data={OVERLAPS_S.map((seconds) => ({ value: `${seconds}`, label: texts.overlaps[seconds]! }))}
      value={`${overlap}`}
      allowDeselect={false}
      onChange={(value) => value && setOverlap(Number(value))}
    />
  );
}

interface SecretProps {
  label: string;
  hint: string | undefined;
  value: string;
  onChange: (value: string) => void;
}

function Secret({ label, hint, value, onChange }: SecretProps) {
  return (
    <PasswordInput
      label={label}
      description={hint}
      autoComplete="new-password"
      maxLength={2_048}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
