/** One command: its chords, and its description in the overview of shortcuts. */
export interface Binding {
  /** `event.key`, letters in lower case; "Mod+" is Ctrl or Cmd, "Shift+" only before named keys. */
  chords: readonly string[];
  label: string;
  /** Also works while text is being typed. */
  inTextFields?: boolean;
}

interface Scope {
  title: string;
  bindings: Record<string, Binding>;
  /** What the mouse does in this scope; for the overview only. */
  pointer?: readonly (readonly [string, string])[];
}

/** Every keyboard shortcut. A page binds the commands of its scope with `useShortcuts`; the overview lists this table. */
export const KEYMAP = {
  global: {
    title: "All pages",
    bindings: {
      search: { chords: ["Mod+k"], label: "Search tags, assets, cases, views, commands", inTextFields: true },
      filter: { chords: ["/"], label: "Filter this page" },
      home: { chords: ["1"], label: "Home" },
      plant: { chords: ["2"], label: "Plant" },
      trends: { chords: ["3"], label: "Trends" },
      data: { chords: ["4"], label: "Data" },
      members: { chords: ["5"], label: "People" },
      dashboards: { chords: ["6"], label: "Dashboards" },
      alarms: { chords: ["7"], label: "Alarms" },
      work: { chords: ["8"], label: "Work" },
      live: { chords: ["l"], label: "Back to live" },
      help: { chords: ["?"], label: "Keyboard shortcuts" },
    },
  },
  alarms: {
    title: "Alarms",
    bindings: {
      next: { chords: ["j", "ArrowDown"], label: "Next alarm" },
      previous: { chords: ["k", "ArrowUp"], label: "Previous alarm" },
      tick: { chords: ["x"], label: "Select the alarm, or not" },
      tickAll: { chords: ["Mod+a"], label: "Select all alarms, or none" },
      acknowledge: { chords: ["a"], label: "Acknowledge" },
      shelve: { chords: ["s"], label: "Shelve" },
      note: { chords: ["n"], label: "Add a note" },
      group: { chords: ["c"], label: "Group by cause, or not" },
      close: { chords: ["Escape"], label: "Select none, close the details" },
    },
    pointer: [["Shift-click", "Select all between"]],
  },
  work: {
    title: "Work",
    bindings: {
      next: { chords: ["j", "ArrowDown"], label: "Next case, plan or campaign" },
      previous: { chords: ["k", "ArrowUp"], label: "Previous one" },
      add: { chords: ["n"], label: "Open a case, add a plan or a campaign" },
      edit: { chords: ["e"], label: "Edit it" },
      take: { chords: ["a"], label: "Assign the case to me" },
      start: { chords: ["s"], label: "Start work on the case" },
      finish: { chords: ["d"], label: "The case is done" },
      close: { chords: ["Escape"], label: "Close the details" },
    },
  },
  trends: {
    title: "Trends",
    bindings: {
      back: { chords: ["Backspace"], label: "Previous range" },
      earlier: { chords: ["ArrowLeft"], label: "Pan earlier" },
      later: { chords: ["ArrowRight"], label: "Pan later" },
      zoomIn: { chords: ["+", "="], label: "Zoom in" },
      zoomOut: { chords: ["-"], label: "Zoom out" },
      previousSample: { chords: [","], label: "Cursor to the previous sample" },
      nextSample: { chords: ["."], label: "Cursor to the next sample" },
      reference: { chords: ["m"], label: "Pin the reference cursor here, or remove it" },
      method: { chords: ["b"], label: "Line, or band and mean" },
      plot: { chords: ["v"], label: "Trend, XY plot, histogram, duration curve" },
      layout: { chords: ["a"], label: "Lanes by unit or by sensor, or shared" },
      log: { chords: ["y"], label: "Logarithmic scale" },
      steps: { chords: ["s"], label: "Step lines" },
      ranges: { chords: ["r"], label: "Sensor ranges" },
      compare: { chords: ["c"], label: "Compare with the range before" },
      paste: { chords: ["t"], label: "Select sensors by a list of tags" },
      mark: { chords: ["k"], label: "Mark a run from the reference to the cursor" },
      plant: { chords: ["p"], label: "Show the plant at the cursor" },
    },
    pointer: [
      ["Drag", "Zoom to a range"],
      ["Double-click", "Previous range"],
      ["Wheel", "Zoom at the cursor"],
      ["Shift-drag", "Pan"],
      ["Click", "Pin the cursor"],
      ["Shift-click", "Pin the reference cursor"],
    ],
  },
  selection: {
    title: "Chart selection",
    bindings: { cancel: { chords: ["Escape"], label: "Cancel the selection", inTextFields: true } },
  },
  timeBar: {
    title: "Time bar",
    bindings: {
      play: { chords: [" "], label: "Play, pause" },
      stepBack: { chords: ["ArrowLeft"], label: "Step back" },
      stepForward: { chords: ["ArrowRight"], label: "Step forward" },
      previousEvent: { chords: ["Shift+ArrowLeft"], label: "Previous event" },
      nextEvent: { chords: ["Shift+ArrowRight"], label: "Next event" },
      previousFrame: { chords: ["["], label: "Previous frame" },
      nextFrame: { chords: ["]"], label: "Next frame" },
      previousSample: { chords: [","], label: "Previous sample of the selected sensor" },
      nextSample: { chords: ["."], label: "Next sample of the selected sensor" },
      reverse: { chords: ["r"], label: "Change the direction of playback" },
      loopFrom: { chords: ["i"], label: "Loop from here" },
      loopUntil: { chords: ["o"], label: "Loop until here" },
      loopOff: { chords: ["u"], label: "No loop" },
      goTo: { chords: ["g"], label: "Go to a time" },
      bookmark: { chords: ["b"], label: "Bookmark this moment" },
      compare: { chords: ["c"], label: "Compare with another moment" },
    },
    pointer: [
      ["Drag", "Move the playhead"],
      ["Shift-drag", "Loop that part"],
    ],
  },
  schematic: {
    title: "Schematic",
    bindings: {
      zoomIn: { chords: ["+", "="], label: "Zoom in" },
      zoomOut: { chords: ["-"], label: "Zoom out" },
      fit: { chords: ["0"], label: "Fit the drawing" },
      deselect: { chords: ["Escape"], label: "Close the details" },
      edit: { chords: ["e"], label: "Edit the drawing" },
    },
  },
  dashboards: {
    title: "Dashboards",
    bindings: {
      edit: { chords: ["e"], label: "Edit, or end editing" },
      kiosk: { chords: ["k"], label: "Kiosk mode" },
      leave: { chords: ["Escape"], label: "Leave kiosk mode, end editing" },
    },
    pointer: [
      ["← ↑ → ↓", "Move the focused tile"],
      ["Shift with arrows", "Resize it"],
      ["Delete", "Remove it"],
    ],
  },
  editor: {
    title: "Drawing editor",
    bindings: {
      undo: { chords: ["Mod+z"], label: "Undo (Shift: redo)" },
      redo: { chords: ["Mod+y"], label: "Redo" },
      next: { chords: ["n"], label: "Select the next part (Shift: add it)" },
      previous: { chords: ["p"], label: "Select the previous part (Shift: add it)" },
      all: { chords: ["Mod+a"], label: "Select all" },
      left: { chords: ["ArrowLeft"], label: "Move left" },
      right: { chords: ["ArrowRight"], label: "Move right" },
      up: { chords: ["ArrowUp"], label: "Move up" },
      down: { chords: ["ArrowDown"], label: "Move down" },
      leftFine: { chords: ["Shift+ArrowLeft"], label: "Move left by 1" },
      rightFine: { chords: ["Shift+ArrowRight"], label: "Move right by 1" },
      upFine: { chords: ["Shift+ArrowUp"], label: "Move up by 1" },
      downFine: { chords: ["Shift+ArrowDown"], label: "Move down by 1" },
      connect: { chords: ["c"], label: "Connect two symbols" },
      rotate: { chords: ["r"], label: "Rotate clockwise (Shift: anticlockwise)" },
      flip: { chords: ["f"], label: "Flip" },
      properties: { chords: ["Enter"], label: "Properties of the selection" },
      group: { chords: ["Mod+g"], label: "Group (Shift: ungroup)" },
      copy: { chords: ["Mod+c"], label: "Copy" },
      cut: { chords: ["Mod+x"], label: "Cut" },
      paste: { chords: ["Mod+v"], label: "Paste" },
      duplicate: { chords: ["Mod+d"], label: "Duplicate" },
      remove: { chords: ["Delete", "Backspace"], label: "Delete" },
      zoomIn: { chords: ["+", "="], label: "Zoom in" },
      zoomOut: { chords: ["-"], label: "Zoom out" },
      fit: { chords: ["0"], label: "Fit the drawing" },
      cancel: { chords: ["Escape"], label: "Back to the drawing; there select nothing, place nothing" },
    },
    pointer: [
      ["Drag a port", "Draw a pipe to a port or into a pipe"],
      ["Drag, Alt", "Move without snapping"],
      ["Shift-click", "Add to the selection"],
      ["Right-drag", "Pan"],
      ["Wheel", "Zoom at the cursor"],
    ],
  },
  mapping: {
    title: "Mapping",
    bindings: {
      add: { chords: ["n"], label: "Add a rule" },
      up: { chords: ["Shift+ArrowUp"], label: "Move the open rule up" },
      down: { chords: ["Shift+ArrowDown"], label: "Move the open rule down" },
      undo: { chords: ["Mod+z"], label: "Undo a change that is not saved" },
      save: { chords: ["Mod+s"], label: "Save", inTextFields: true },
      close: { chords: ["Escape"], label: "Close the rule" },
    },
  },
  pane: {
    title: "Operators",
    bindings: { close: { chords: ["Escape"], label: "Close the details" } },
  },
} as const satisfies Record<string, Scope>;

export type ScopeName = keyof typeof KEYMAP;
export type Command<S extends ScopeName> = keyof (typeof KEYMAP)[S]["bindings"];

export const scopes: readonly Scope[] = Object.values(KEYMAP);

const NAMES: Record<string, string> = {
  " ": "Space",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Mod: "Ctrl",
  "-": "−",
};

/** "Mod+k" as labelled on the keys: "Ctrl K". */
export const chordText = (chord: string): string =>
  chord
    .split(/(?<=.)\+/)
    .map((key) => NAMES[key] ?? (chord.includes("+") && key.length === 1 ? key.toUpperCase() : key))
    .join(" ");
