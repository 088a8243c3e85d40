import type { SiteCatalog } from "../../catalog";
import { save } from "../../ui/save";
import { partsOf } from "../core/edit/builder";
import { copy, offsetTo, paste } from "../core/edit/clipboard";
import type { Editor } from "../core/edit/editor";
import { randomIds } from "../core/edit/ids";
import { exportJson, importJson } from "../core/edit/transfer";
import { drawnAsSvg } from "./svg";
import { texts } from "./texts";

/** Files: a drawing in our own format, in and out, and as a picture. */
export function useFile(editor: Editor, name: string, catalog: SiteCatalog, announce: (text: string) => void) {
  const file = (extension: string) => `${name.replaceAll(/[^\w-]+/g, "-").toLowerCase()}.${extension}`;
  return {
    exportJson: () => {
      const text = exportJson(name, editor.drawing, catalog);
      save(new Blob([text], { type: "application/json" }), file("json"));
    },
    exportSvg: () => {
      const canvas = document.querySelector<HTMLElement>('[data-testid="edit-canvas"]');
      if (canvas) save(new Blob([drawnAsSvg(canvas, editor.drawing)], { type: "image/svg+xml" }), file("svg"));
    },
    importJson: () => {
      const input = document.createElement("input");
      input.type = "file";
      input.accept = "application/json,.json";
      input.onchange = () => void input.files?.[0]?.text().then(take);
      input.click();
    },
  };

  function take(text: string): void {
    const assets = new Map(catalog.assets.map(({ tag, id }) => [tag, id]));
    const read = importJson(text, {
      assetByTag: (tag) => assets.get(tag),
      sensorByTag: (tag) => catalog.sensorByTag.get(tag)?.id,
    });
    if (typeof read === "string") return announce(texts.imported.errors[read]);
    const clip = copy(read.drawing, new Set(partsOf(read.drawing).map(({ part }) => part.id)));
    const empty = (editor.drawing.placements?.length ?? 0) === 0;
    const by = empty
      ? { x: 0, y: 0 }
      : offsetTo(clip, { x: editor.drawing.width / 2, y: editor.drawing.height / 2 }, 10);
    editor.insert(paste(editor.drawing, clip, by, randomIds));
    if (read.unknown.length > 0) announce(texts.imported.unknown(read.unknown.join(", ")));
  }
}
