/** Every text of this folder, by the file that shows it. */
export const texts = {
  // ViewsMenu.tsx
  views: "Saved views",
  shared: "Shared in the tenant",
  mine: "Mine",
  none: "No saved views of this site yet.",
  isDefault: "default",
  changed: "changed",
  saveAs: "Save this view…",
  edit: (name: string) => `Edit “${name}”…`,
  // SaveView.tsx
  save: "Save",
  saveView: "Save view",
  editView: "Edit view",
  name: "Name",
  nameHint: "Sensors, range, display and event filter are saved with it.",
  share: "Visible to everyone in the tenant",
  makeDefault: "Default view of this site's trends",
  keepState: "Replace what it shows by what is on the screen",
  deleteView: "Delete view",
  deleteQuestion: (shared: boolean) => (shared ? "Delete it for everyone?" : "Delete it?"),
  conflict: (author: string) => `${author} changed this view in the meantime.`,
  saveMine: "Save mine instead",
  discard: "Discard mine",
  somebody: "Somebody",
};
