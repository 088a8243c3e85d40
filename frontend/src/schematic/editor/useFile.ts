import type { SiteCatalog } from "../../catalog";
import { save } from "../../ui/save";
import { partsOf } from "../core/edit/builder";
import { copy, offsetTo, paste } from "../core/edit/clipboard";
import type { Editor } from "../core/edit/editor";
import { randomIds } from "../core/edit/ids";
import { overPage, setBackground } from "../core/edit/parts";
import { exportJson, importJson } from "../core/edit/transfer";
import type { Drawing } from "../core/types";
import { looksLikeXml, readDexpi, writeDexpi } from "./dexpi";
import type { DexpiDrawing } from "./dexpi";
import { ACCEPTED, MAX_BYTES as MAX_SCAN_BYTES, uploadScan } from "./scan/scans";
import { drawnAsSvg } from "./svg";
import { texts } from "./texts";

interface Context {
  name: string;
  site: string;
  catalog: SiteCatalog;
  announce: (text: string) => void;
  /** Asks whether what was read is to be inserted. */
  confirm: (found: DexpiDrawing) => void;
}

const MAX_BYTES = 8_000_000;

/** Files: a drawing in our own format and as DEXPI, in and out, and as a picture. */
export function useFile(editor: Editor, { name, site, catalog, announce, confirm }: Context) {
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
    exportDexpi: () =>
      reporting(async () => {
        const { xml, left_out } = await writeDexpi(site, name, editor.drawing);
        save(new Blob([xml], { type: "application/xml" }), file("xml"));
        if (left_out.length > 0) announce(texts.dexpi.notWritten(left_out.map(({ what }) => what).join(", ")));
      }),
    open: () => choose("application/json,.json,text/xml,application/xml,.xml", read),
    addScan: () => choose(ACCEPTED, layScan),
    insert,
  };

  function choose(accept: string, action: (file: File) => Promise<void>): void {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.onchange = () => input.files?.[0] && void reporting(() => action(input.files![0]!));
    input.click();
  }

  async function reporting(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      announce(error instanceof Error ? error.message : String(error));
    }
  }

  async function layScan(chosen: File): Promise<void> {
    if (chosen.size > MAX_SCAN_BYTES) return announce(texts.scan.tooLarge);
    announce(texts.scan.reading);
    const scan = await uploadScan(chosen);
    editor.perform(setBackground(editor.drawing, overPage(editor.drawing, scan)));
    editor.select([]);
    announce(texts.scan.added);
  }

  async function read(chosen: File): Promise<void> {
    if (chosen.size > MAX_BYTES) return announce(texts.imported.tooLarge);
    const text = await chosen.text();
    if (looksLikeXml(text)) confirm(await readDexpi(site, text));
    else take(text);
  }

  function take(text: string): void {
    const assets = new Map(catalog.assets.map(({ tag, id }) => [tag, id]));
    const read = importJson(text, {
      assetByTag: (tag) => assets.get(tag),
      sensorByTag: (tag) => catalog.sensorByTag.get(tag)?.id,
    });
    if (typeof read === "string") return announce(texts.imported.errors[read]);
    insert(read.drawing);
    if (read.unknown.length > 0) announce(texts.imported.unknown(read.unknown.join(", ")));
  }

  function insert(drawing: Drawing): void {
    const clip = copy(drawing, new Set(partsOf(drawing).map(({ part }) => part.id)));
    const empty = (editor.drawing.placements?.length ?? 0) === 0;
    const by = empty
      ? { x: 0, y: 0 }
      : offsetTo(clip, { x: editor.drawing.width / 2, y: editor.drawing.height / 2 }, 10);
    editor.insert(paste(editor.drawing, clip, by, randomIds));
  }
}
