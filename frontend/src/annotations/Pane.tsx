import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import type { Annotation } from "../api/types";
import { useSiteCatalog } from "../catalog";
import type { SiteCatalog } from "../catalog";
import { formatBytes } from "../format";
import { useParam, useZone } from "../moment";
import { useSite, useTenant } from "../tenant";
import { ErrorMessage, Loading } from "../ui/states";
import ui from "../ui/ui.module.css";
import styles from "./annotations.module.css";
import { fileAddress, useFoundNotes, useNotes, useSchematicNames } from "./data";
import type { Targets } from "./data";
import { NoteEditor } from "./Editor";
import { hostOf } from "./links";
import { timeOf } from "./marks";
import { texts } from "./texts";

interface Props {
  start: number;
  end: number;
  /** Notes about these are listed; those of the whole site when somebody searches. */
  targets: Targets;
  /** What a new note is about at first, and from when. */
  target: string | undefined;
  at: number;
  /** Shows the time of a note. */
  show: (note: Annotation) => void;
}

/** The notes about what is on the screen: to read, search, add and edit. */
export function NotesPane({ start, end, targets, target, at, show }: Props) {
  const site = useSite();
  const tenant = useTenant();
  const zone = useZone().name;
  const { catalog } = useSiteCatalog(site?.id);
  const [words, setWords] = useState("");
  const [searched] = useDebouncedValue(words.trim(), 250);
  const [chosen, choose] = useParam("note");
  const inRange = useNotes(site?.id, start, end, targets);
  const found = useFoundNotes(site?.id, searched);
  const [edited, edit] = useState<Annotation | "new" | null>(null);
  const notes = searched ? (found.data ?? []) : inRange.notes;
  const error = searched ? found.error : inRange.error;
  const loading = searched ? found.isPending || found.isPlaceholderData : inRange.loading;
  const mayEdit = tenant !== undefined && tenant.role !== "viewer";
  return (
    <>
      <div className={styles.head}>
        <TextInput
          aria-label={texts.search}
          placeholder={texts.search}
          title={texts.searchHint}
          value={words}
          maxLength={200}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        {mayEdit && catalog && <Button onClick={() => edit("new")}>{texts.add}</Button>}
      </div>
      <ErrorMessage error={error} />
      {notes.length > 0 || error ? null : loading ? (
        <Loading />
      ) : (
        <p className={ui.quiet}>{searched ? texts.noneFound(searched) : texts.noNotes}</p>
      )}
      <ul className={styles.list} data-testid="notes">
        {notes.map((note) => (
          <Note
            key={note.id}
            note={note}
            catalog={catalog}
            zone={zone}
            selected={note.id === chosen}
            show={() => {
              choose(note.id);
              show(note);
            }}
            edit={mayEdit ? () => edit(note) : undefined}
          />
        ))}
      </ul>
      {edited && catalog && (
        <NoteEditor
          note={edited === "new" ? undefined : edited}
          target={target}
          start={at}
          catalog={catalog}
          close={() => edit(null)}
        />
      )}
    </>
  );
}

interface NoteProps {
  note: Annotation;
  catalog: SiteCatalog | undefined;
  zone: string;
  selected: boolean;
  show: () => void;
  edit?: (() => void) | undefined;
}

function Note({ note, catalog, zone, selected, show, edit }: NoteProps) {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) ref.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const time = timeOf(note, zone);
  const by =
    note.changed_by === note.author
      ? texts.by(note.author)
      : `${texts.by(note.author)}, ${texts.changedBy(note.changed_by)}`;
  return (
    <li className={styles.note} ref={ref} data-selected={selected || undefined}>
      <div className={styles.noteHead}>
        <b>
          <TargetName note={note} catalog={catalog} />
        </b>
        {edit && (
          <Button variant="default" size="compact-xs" onClick={edit}>
            {texts.edit}
          </Button>
        )}
      </div>
      <button type="button" className={styles.time} onClick={show} title={texts.goToHint(time)}>
        {time}
      </button>
      <p className={styles.text}>{note.text}</p>
      {(note.link || note.files.length > 0) && (
        <div className={styles.links}>
          {note.link && (
            <a href={note.link} target="_blank" rel="noopener noreferrer">
              {texts.open}: {hostOf(note.link)}
            </a>
          )}
          {note.files.map((file) => (
            <a key={file.id} href={fileAddress(note.id, file.id)} download={file.name}>
              {texts.attached(file.name, formatBytes(file.bytes))}
            </a>
          ))}
        </div>
      )}
      <span className={styles.by}>{by}</span>
    </li>
  );
}

function TargetName({ note, catalog }: { note: Annotation; catalog: SiteCatalog | undefined }) {
  const drawings = useSchematicNames(note.kind === "schematic" ? note.site : undefined);
  if (note.kind === "sensor") return catalog?.sensorById.get(note.target)?.tag ?? note.target;
  if (note.kind === "asset") return catalog?.assetById.get(note.target)?.tag ?? note.target;
  return drawings.data?.find((each) => each.id === note.target)?.name ?? note.target;
}
