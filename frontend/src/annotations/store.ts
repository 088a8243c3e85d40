import { isMissing } from "../api/problem";
import type { Annotation, AnnotationContent } from "../api/types";
import { addFile, readNote, removeFile, saveNote } from "./data";

export interface Wanted {
  content: AnnotationContent;
  /** Ids of stored files to remove, and files to store. */
  removed: readonly string[];
  added: readonly File[];
}

/** What has been done, so that after a failure only the rest is tried again, from the note's present revision. */
export interface Done {
  saved: (note: Annotation) => void;
  removed: (file: string) => void;
  added: (file: File) => void;
}

const SERVER = { saveNote, readNote, addFile, removeFile };

/** Stores a note with its files. */
export async function storeNote(wanted: Wanted, base: Annotation | undefined, done: Done, server = SERVER) {
  const note = await server.saveNote(wanted.content, base);
  const { id } = note;
  done.saved(note);
  for (const file of wanted.removed) {
    await server.removeFile(id, file).catch((error: unknown) => {
      if (!isMissing(error)) throw error; // else somebody has removed it already
    });
    // The response does not say the revision that the note has without the file.
    done.saved(await server.readNote(id));
    done.removed(file);
  }
  for (const file of wanted.added) {
    done.saved(await server.addFile(id, file));
    done.added(file);
  }
}
