import { Checkbox, Modal, NumberInput, PasswordInput, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { DialogFoot } from "../DialogFoot";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { deleteSink, putSink, useSinkChange } from "./api";
import type { KafkaSettings, MqttSettings, Sink, SinkContent, SinkSettings } from "./api";
import styles from "./sinks.module.css";
import { texts } from "./texts";

interface Props {
  sink: Sink | undefined;
  mayEdit: boolean;
  close: () => void;
}

type Kind = SinkSettings["kind"];
const KINDS = Object.keys(texts.kinds) as Kind[];
const SASLS = Object.keys(texts.sasls) as NonNullable<KafkaSettings["sasl"]>[];

const fresh = (kind: Kind): SinkSettings =>
  kind === "mqtt"
    ? { kind, host: "", port: 8883, tls: true, topic: "plantrace/{tenant}/alarms/{site}/{key}" }
    : { kind, servers: [], tls: true, topic: "plantrace.{tenant}.alarms" };

/** Without what the API adds; secrets are not there. */
function contentOf({ name, enabled, settings }: Sink): SinkContent {
  const { password_set: _, certificate_ends: __, ...rest } = settings;
  return { name, enabled, settings: rest };
}

const NO_CERTIFICATE = { certificate: null, key: null };

const isComplete = ({ name, settings }: SinkContent) =>
  name.trim() !== "" && (settings.kind === "mqtt" ? settings.host !== "" : settings.servers.length > 0);

export function SinkDialog({ sink, mayEdit, close }: Props) {
  const [draft, setDraft] = useState<SinkContent>(() =>
    sink ? contentOf(sink) : { name: "", enabled: true, settings: fresh("mqtt") },
  );
  const [deleting, setDeleting] = useState(false);
  const save = useSinkChange(() => putSink(draft, sink), close);
  const { settings } = draft;
  const set = (changes: Partial<SinkContent>) => setDraft((old) => ({ ...old, ...changes }));
  const change = (changes: Partial<MqttSettings> | Partial<KafkaSettings>) =>
    set({ settings: { ...settings, ...changes } as SinkSettings });
  if (deleting && sink) return <Deleting sink={sink} removed={close} close={() => setDeleting(false)} />;
  return (
    <Modal opened onClose={close} title={sink?.name ?? texts.newSink} size={560}>
      <SubmitForm onSubmit={() => save.mutate()} error={save.error}>
        <fieldset disabled={!mayEdit} className={ui.fields}>
          <TextInput
            label={texts.name}
            maxLength={200}
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Select
            label={texts.kind}
            data={KINDS.map((value) => ({ value, label: texts.kinds[value] }))}
            value={settings.kind}
            allowDeselect={false}
            disabled={!!sink}
            onChange={(kind) => kind && set({ settings: fresh(kind as Kind) })}
          />
          {settings.kind === "mqtt" ? (
            <div className={styles.pair}>
              <TextInput
                label={texts.host}
                maxLength={253}
                placeholder="mqtt.example.com"
                value={settings.host}
                onChange={(event) => change({ host: event.currentTarget.value.trim() })}
              />
              <NumberInput
                label={texts.port}
                min={1}
                max={65_535}
                allowDecimal={false}
                value={settings.port ?? ""}
                onChange={(port) => typeof port === "number" && change({ port })}
              />
            </div>
          ) : (
            <TagsInput
              label={texts.servers}
              description={texts.serversHint}
              maxTags={10}
              splitChars={[",", ";", " "]}
              acceptValueOnBlur
              value={settings.servers}
              onChange={(servers) => change({ servers })}
            />
          )}
          <Checkbox
            label={texts.tls}
            checked={settings.tls ?? true}
            onChange={(event) =>
              change(event.currentTarget.checked ? { tls: true } : { tls: false, ca: null, ...NO_CERTIFICATE })
            }
          />
          {settings.tls !== false && (
            <Textarea
              label={texts.ca}
              description={texts.caHint}
              maxLength={65_536}
              minRows={2}
              maxRows={6}
              autosize
              value={settings.ca ?? ""}
              onChange={(event) => change({ ca: event.currentTarget.value || null })}
            />
          )}
          {settings.tls !== false && (
            <CertificateFields settings={settings} isKept={!!sink?.settings.certificate} change={change} />
          )}
          {settings.kind === "kafka" && (
            <Select
              label={texts.sasl}
              data={SASLS.map((value) => ({ value, label: texts.sasls[value] }))}
              value={settings.sasl ?? "none"}
              allowDeselect={false}
              onChange={(sasl) => sasl && change({ sasl: sasl as NonNullable<KafkaSettings["sasl"]> })}
            />
          )}
          <div className={styles.equal}>
            <TextInput
              label={texts.username}
              maxLength={500}
              autoComplete="off"
              value={settings.username ?? ""}
              onChange={(event) => change({ username: event.currentTarget.value })}
            />
            <PasswordInput
              label={texts.password}
              description={sink?.settings.password_set ? texts.passwordKept : undefined}
              inputWrapperOrder={["label", "input", "description", "error"]}
              maxLength={500}
              autoComplete="new-password"
              value={settings.password ?? ""}
              onChange={(event) => change({ password: event.currentTarget.value || null })}
            />
          </div>
          <TextInput
            label={texts.topic}
            description={texts.topicHints[settings.kind]}
            maxLength={300}
            value={settings.topic ?? ""}
            onChange={(event) => change({ topic: event.currentTarget.value })}
          />
          {settings.kind === "mqtt" && (
            <Checkbox
              label={texts.retain}
              checked={settings.retain ?? false}
              onChange={(event) => change({ retain: event.currentTarget.checked })}
            />
          )}
          <Checkbox
            label={texts.enabled}
            checked={draft.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
        </fieldset>
        <DialogFoot
          texts={texts}
          mayEdit={mayEdit}
          isComplete={isComplete(draft)}
          isSaving={save.isPending}
          close={close}
          remove={sink ? () => setDeleting(true) : undefined}
        />
      </SubmitForm>
    </Modal>
  );
}

interface CertificateProps {
  settings: SinkSettings;
  isKept: boolean;
  change: (changes: Pick<SinkSettings, "certificate" | "key">) => void;
}

/** With which the broker knows Plantrace. */
function CertificateFields({ settings, isKept, change }: CertificateProps) {
  return (
    <>
      <Textarea
        label={texts.certificate}
        description={texts.certificateHint}
        maxLength={65_536}
        minRows={2}
        maxRows={6}
        autosize
        value={settings.certificate ?? ""}
        onChange={(event) =>
          change(event.currentTarget.value ? { certificate: event.currentTarget.value } : NO_CERTIFICATE)
        }
      />
      {settings.certificate && (
        <Textarea
          label={texts.key}
          description={isKept ? texts.keyKept : texts.keyHint}
          maxLength={8_192}
          minRows={2}
          maxRows={6}
          autosize
          autoComplete="off"
          value={settings.key ?? ""}
          onChange={(event) => change({ key: event.currentTarget.value || null })}
        />
      )}
    </>
  );
}

interface DeletingProps {
  sink: Sink;
  removed: () => void;
  close: () => void;
}

function Deleting({ sink, removed, close }: DeletingProps) {
  const remove = useSinkChange(() => deleteSink(sink), removed);
  return (
    <Modal opened onClose={close} title={texts.removeTitle(sink.name)} size={420}>
      <SubmitForm onSubmit={() => remove.mutate()} error={remove.error}>
        {sink.progress.waiting > 0 && <p className={ui.quiet}>{texts.removeWhat}</p>}
        <Actions does={texts.removeDo} close={close} danger loading={remove.isPending} />
      </SubmitForm>
    </Modal>
  );
}
