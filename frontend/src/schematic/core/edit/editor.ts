import type { Drawing } from "../types";
import { partsOf } from "./builder";
import type { Change } from "./change";
import { inserted } from "./change";
import type { History } from "./history";
import { perform, redo, seal, startHistory, undo } from "./history";
import { clicked, present, within, withGroups } from "./selection";
import type { Selection } from "./selection";
import type { Box } from "../geometry";
import type { Part } from "./change";

/** A snapshot of what is edited. A new one for each change; equal members are the same objects. */
export interface EditorState {
  drawing: Drawing;
  selection: Selection;
  undoable: boolean;
  redoable: boolean;
  /** Layers whose parts are not shown, and those whose parts cannot be selected. */
  hidden: ReadonlySet<string>;
  locked: ReadonlySet<string>;
}

/** The drawing that is edited, its history and selection, outside React. */
export class Editor {
  state: EditorState;
  private history: History;
  private readonly listeners = new Set<() => void>();

  constructor(drawing: Drawing) {
    this.history = startHistory(drawing);
    const nothing: ReadonlySet<string> = new Set();
    this.state = { drawing, selection: nothing, undoable: false, redoable: false, hidden: nothing, locked: nothing };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  read = (): EditorState => this.state;

  get drawing(): Drawing {
    return this.state.drawing;
  }
  get selection(): Selection {
    return this.state.selection;
  }

  /** Performs a change. Consecutive changes of one key are undone together. Returns whether anything changed. */
  perform(change: Change, key?: string): boolean {
    if (change.length === 0) return false;
    this.become(perform(this.history, change, key));
    return true;
  }

  /** The same, and selects the parts that were inserted, without pipes that came with them. */
  insert(change: Change): void {
    if (!this.perform(change)) return;
    const fresh = new Set(inserted(change));
    const pipes = new Set(this.drawing.pipes?.map((pipe) => pipe.id));
    const chosen = [...fresh].filter((id) => !pipes.has(id));
    this.select(chosen.length > 0 ? chosen : fresh);
  }

  undo = (): void => this.become(undo(this.history));
  redo = (): void => this.become(redo(this.history));
  seal = (): void => {
    this.history = seal(this.history);
  };

  /** Another drawing, as after a conflict: its history begins here. */
  replace(drawing: Drawing): void {
    this.history = startHistory(drawing);
    this.become(this.history);
  }

  select(ids: Iterable<string>): void {
    this.update({ selection: withGroups(this.drawing, ids) });
  }
  click(id: string, add: boolean): void {
    this.update({ selection: clicked(this.drawing, this.selection, id, add) });
  }
  selectWithin(box: Box, add: boolean): void {
    const found = within(this.drawing, box, (part) => this.isFixed(part));
    this.update({ selection: add ? new Set([...this.selection, ...found]) : found });
  }
  selectAll(): void {
    const free = partsOf(this.drawing).filter(({ part }) => !this.isFixed(part));
    this.update({ selection: new Set(free.map(({ part }) => part.id)) });
  }

  /** On a layer that is hidden or locked. */
  isFixed({ layer }: Part): boolean {
    return layer !== undefined && (this.state.hidden.has(layer) || this.state.locked.has(layer));
  }

  toggleLayer(layer: string, what: "hidden" | "locked"): void {
    const changed = new Set(this.state[what]);
    if (!changed.delete(layer)) changed.add(layer);
    this.update({ [what]: changed });
  }

  private become(history: History): void {
    this.history = history;
    const { drawing } = history;
    this.update({
      drawing,
      selection: present(drawing, this.selection),
      undoable: history.done.length > 0,
      redoable: history.undone.length > 0,
    });
  }

  private update(members: Partial<EditorState>): void {
    this.state = { ...this.state, ...members };
    for (const listener of this.listeners) listener();
  }
}
