import { Button, FileButton, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import {
  addFile,
  addNote,
  caseTexts,
  fileAddress,
  fitPhoto,
  MAX_FILE_BYTES,
  pictureType,
  useRefreshCases,
} from "../../cases";
import type { CaseNote, CaseWithNotes } from "../../cases";
import { formatBytes, formatMoment } from "../../format";
import { InspectorSection } from "../../frame";
import { useZone } from "../../moment";
import { SubmitForm } from "../../ui/SubmitForm";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import work from "../work.module.css";
import styles from "./details.module.css";
import { Photo } from "./Photo";

const texts = caseTexts;
const MAX_NOTE = 4_000;

/** What people noted, with photos, and a form for more. */
export function Notes({ each, mayAdd }: { each: CaseWithNotes; mayAdd: boolean }) {
  return (
    <InspectorSection title={texts.notes}>
      {each.notes.length === 0 && <p className={ui.quiet}>{texts.noNotes}</p>}
      <ol className={styles.notes}>
        {each.notes.map((note) => (
          <Note key={note.id} note={note} id={each.id} mayRemove={mayAdd} />
        ))}
      </ol>
      {mayAdd && <NewNote each={each} />}
    </InspectorSection>
  );
}

function Note({ note, id, mayRemove }: { note: CaseNote; id: string; mayRemove: boolean }) {
  const zone = useZone().name;
  const photos = note.files.filter((file) => pictureType(file.name));
  const files = note.files.filter((file) => !pictureType(file.name));
  return (
    <li>
      <p className={ui.sub}>
        <b>{note.by}</b> · <time dateTime={new Date(note.at).toISOString()}>{formatMoment(note.at, zone, false)}</time>
      </p>
      {note.text && <p className={work.text}>{note.text}</p>}
      {photos.length > 0 && (
        <div className={styles.photos}>
          {photos.map((file) => (
            <Photo key={file.id} id={id} file={file} mayRemove={mayRemove} />
          ))}
        </div>
      )}
      {files.map((file) => (
        <a key={file.id} className={styles.file} href={fileAddress(id, file.id)} download={file.name}>
          {file.name}, {formatBytes(file.bytes)}
        </a>
      ))}
    </li>
  );
}

/** A text, photos and files; a photo is stored as soon as it is taken. */
function NewNote({ each }: { each: CaseWithNotes }) {
  const [text, setText] = useState("");
  const [storing, setStoring] = useState("");
  const onSettled = useRefreshCases();
  const note = useMutation({
    mutationFn: () => addNote(each.id, text.trim()),
    onSuccess: () => setText(""),
    onSettled,
  });
  const files = useMutation({
    mutationFn: async (chosen: File[]) => {
      for (const file of chosen) {
        setStoring(file.name);
        const fitted = await fitPhoto(file);
        if (fitted.size > MAX_FILE_BYTES) throw new Error(texts.tooLarge(file.name));
        await addFile(each.id, fitted);
      }
    },
    onSettled: () => {
      setStoring("");
      onSettled();
    },
  });
  const add = (chosen: File | File[] | null) => {
    const list = chosen === null ? [] : Array.isArray(chosen) ? chosen : [chosen];
    if (list.length > 0) files.mutate(list);
  };
  return (
    <SubmitForm onSubmit={() => text.trim() && note.mutate()} error={note.error} label={texts.note}>
      <Textarea
        aria-label={texts.note}
        placeholder={texts.noteExample}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={MAX_NOTE}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={ui.actions}>
        <Button type="submit" disabled={!text.trim()} loading={note.isPending}>
          {texts.addNote}
        </Button>
        <FileButton accept="image/*" capture="environment" onChange={add}>
          {(props) => (
            <Button variant="default" {...props} loading={files.isPending}>
              {texts.photo}
            </Button>
          )}
        </FileButton>
        <FileButton onChange={add} multiple>
          {(props) => (
            <Button variant="default" {...props} disabled={files.isPending} title={texts.fileHint}>
              {texts.file}
            </Button>
          )}
        </FileButton>
      </div>
      {storing && <p role="status">{texts.uploading(storing)}</p>}
      <ErrorMessage error={files.error} />
    </SubmitForm>
  );
}
