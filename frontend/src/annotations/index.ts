export { NoteMarks, NoteTicks } from "./Marks";
export { NotesButton } from "./NotesButton";
export { NotesPane } from "./LazyPane";
export { useNotes as useNotesIn } from "./data";
export { useShownSlots, useShownTargets } from "./targets";
export type { Targets } from "./data";
