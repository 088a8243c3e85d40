import { Button, FileButton, Modal, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Problem } from "../api/client";
import type { Annotation } from "../api/types";
import type { SiteCatalog } from "../catalog";
import { formatBytes, formatMoment, parseMomentText } from "../format";
import { useZone } from "../moment";
import { useSite } from "../tenant";
import { Actions } from "../ui/Actions";
import { CloseIcon } from "../ui/icons";
import { ErrorMessage } from "../ui/states";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import styles from "./annotations.module.css";
import { deleteNote, MAX_FILE_BYTES, useRefreshNotes, useSchematicNames } from "./data";
import { storeNote } from "./store";
import { texts } from "./texts";

interface Props {
  /** Undefined: a new one. */
  note: Annotation | undefined;
  target: string | undefined;
  start: number;
  catalog: SiteCatalog;
  close: () => void;
}

const MAX_OPTIONS = 60;
const isAddress = (text: string) => /^https?:\/\/[^ ]+$/.test(text);
const currentOf = (error: unknown) =>
  error instanceof Problem && error.slug === "stale-revision" ? (error.extra.current as Annotation) : undefined;

export function NoteEditor({ note, target, start, catalog, close }: Props) {
  const zone = useZone().name;
  const [before, setBefore] = useState(note);
  const [text, setText] = useState(note?.text ?? "");
  const [about, setAbout] = useState<string | null>(note?.target ?? target ?? null);
  const [from, setFrom] = useState(formatMoment(note?.start ?? start, zone));
  const [to, setTo] = useState(note?.end == null ? "" : formatMoment(note.end, zone));
  const [link, setLink] = useState(note?.link ?? "");
  const [added, setAdded] = useState<File[]>([]);
  const [removed, setRemoved] = useState<string[]>([]);
  const [asking, setAsking] = useState(false);
  const [now] = useState(() => Date.now());
  const refresh = useRefreshNotes();
  // What was not typed over keeps its milliseconds, which the text does not show.
  const read = (typed: string, known: number | null | undefined) =>
    known != null && typed === formatMoment(known, zone) ? known : parseMomentText(typed, zone, now);
  const first = read(from, note?.start ?? start);
  const last = to.trim() ? read(to, note?.end) : null;
  const wrongEnd = to.trim()
    ? last === null
      ? texts.momentExample
      : first !== null && last <= first
        ? texts.endAfterStart
        : null
    : null;
  const large = added.find((file) => file.size > MAX_FILE_BYTES);
  const ready = text.trim() && about && first !== null && !wrongEnd && (!link || isAddress(link)) && !large;

  const save = useMutation({
    mutationFn: async (base: Annotation | undefined) => {
      const content = { target: about!, text: text.trim(), start: first!, end: last, link: link.trim() || null };
      await storeNote({ content, removed, added }, base, {
        saved: setBefore,
        removed: (file) => setRemoved((rest) => rest.filter((each) => each !== file)),
        added: (file) => setAdded((rest) => rest.filter((each) => each !== file)),
      });
    },
    onSuccess: close,
    onSettled: refresh,
  });
  const remove = useMutation({ mutationFn: deleteNote, onSuccess: close, onSettled: refresh });
  const current = currentOf(save.error) ?? currentOf(remove.error);
  const error = current ? null : (save.error ?? remove.error);
  return (
    <Modal opened onClose={close} title={note ? texts.editNote : texts.add} size={480}>
      {current && (
        <div className={ui.trouble} role="alertdialog" aria-label={texts.conflict(current.changed_by)}>
          <p>{texts.conflict(current.changed_by)}</p>
          <p>{texts.theirs}</p>
          <p className={styles.theirs}>{current.text}</p>
          <div className={ui.actions}>
            <Button onClick={() => save.mutate(current)}>{texts.keepMine}</Button>
            <Button variant="default" onClick={close}>
              {texts.takeTheirs}
            </Button>
          </div>
        </div>
      )}
      <SubmitForm onSubmit={() => ready && save.mutate(before)} error={error} label={texts.editNote}>
        <Textarea
          label={texts.text}
          data-autofocus
          autosize
          minRows={3}
          maxRows={10}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <About catalog={catalog} value={about} onChange={setAbout} />
        <div className={styles.times}>
          <TextInput
            label={texts.from}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            error={first === null && texts.momentExample}
          />
          <TextInput
            label={texts.to}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={wrongEnd}
          />
        </div>
        <p className={ui.sub}>{texts.timesInZone(zone)}</p>
        <TextInput
          label={texts.link}
          placeholder={texts.linkExample}
          maxLength={1000}
          value={link}
          onChange={(event) => setLink(event.currentTarget.value)}
          error={link !== "" && !isAddress(link) && texts.linkWrong}
        />
        <div>
          <FileButton onChange={(files) => setAdded((old) => [...old, ...files].slice(0, 10))} multiple>
            {(props) => (
              <Button variant="default" {...props} title={texts.fileHint}>
                {texts.addFile}
              </Button>
            )}
          </FileButton>
          <ul className={styles.files} aria-label={texts.files}>
            {before?.files
              .filter((file) => !removed.includes(file.id))
              .map((file) => (
                <FileRow
                  key={file.id}
                  name={file.name}
                  bytes={file.bytes}
                  remove={() => setRemoved((old) => [...old, file.id])}
                />
              ))}
            {added.map((file, index) => (
              <FileRow
                key={`${file.name} ${index}`}
                name={file.name}
                bytes={file.size}
                remove={() => setAdded((old) => old.filter((each) => each !== file))}
              />
            ))}
          </ul>
          {large && <ErrorMessage>{texts.tooLarge(large.name)}</ErrorMessage>}
        </div>
        <Actions does={texts.save} close={close} disabled={!ready} loading={save.isPending} />
        {note &&
          (asking ? (
            <div className={ui.actions}>
              <Button color="danger" data-danger loading={remove.isPending} onClick={() => remove.mutate(before!)}>
                {texts.deleteNote}
              </Button>
              <span className={ui.sub}>{texts.deleteQuestion}</span>
            </div>
          ) : (
            <div>
              <Button variant="default" onClick={() => setAsking(true)}>
                {texts.deleteNote}
              </Button>
            </div>
          ))}
      </SubmitForm>
    </Modal>
  );
}

function FileRow({ name, bytes, remove }: { name: string; bytes: number; remove: () => void }) {
  return (
    <li>
      <span>{texts.attached(name, formatBytes(bytes))}</span>
      <button type="button" className={styles.remove} aria-label={texts.removeFile(name)} onClick={remove}>
        <CloseIcon size={12} />
      </button>
    </li>
  );
}

interface AboutProps {
  catalog: SiteCatalog;
  value: string | null;
  onChange: (target: string | null) => void;
}

/** A sensor, asset or schematic of the site, found by any part of its name. */
function About({ catalog, value, onChange }: AboutProps) {
  const drawings = useSchematicNames(useSite()?.id).data;
  const data = useMemo(() => {
    const named = ({ id, tag, name }: { id: string; tag: string; name: string }) => ({
      value: id,
      label: name && name !== tag ? `${tag} · ${name}` : tag,
    });
    return [
      { group: texts.sensors, items: catalog.sensors.map(named) },
      { group: texts.assets, items: catalog.assets.map(named) },
      { group: texts.schematics, items: (drawings ?? []).map(({ id, name }) => ({ value: id, label: name })) },
    ].filter(({ items }) => items.length > 0);
  }, [catalog, drawings]);
  return (
    <Select
      searchable
      label={texts.about}
      data={data}
      limit={MAX_OPTIONS}
      value={value}
      onChange={onChange}
      nothingFoundMessage="–"
    />
  );
}
