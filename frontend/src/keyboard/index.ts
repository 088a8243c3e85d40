export { chordText, KEYMAP, scopes } from "./keymap";
export { useShortcuts } from "./useShortcuts";
