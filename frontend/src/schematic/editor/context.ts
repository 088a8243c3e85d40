import { createContext, useContext, useSyncExternalStore } from "react";
import type { SiteCatalog } from "../../catalog";
import type { Editor, EditorState } from "../core/edit/editor";
import type { Medium } from "../core/types";
import type { Hints } from "./canvas/hints";
import type { View } from "./canvas/viewport";

/** What the parts of the editor share. The drawing and selection are in `editor`, which they subscribe to. */
export interface Editing {
  editor: Editor;
  hints: Hints;
  view: View;
  catalog: SiteCatalog;
  grid: number;
  /** For pipes whose ports leave a choice. */
  medium: Medium | undefined;
  /** The symbol that the next click places. */
  armed: string | undefined;
  arm: (symbol: string | undefined) => void;
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (!editing) throw new Error("A part of the editor outside of it");
  return editing;
}

export function useEditorState(): EditorState {
  const { editor } = useEditing();
  return useSyncExternalStore(editor.subscribe, editor.read);
}
