import { call } from "../../api/client";
import type { Result } from "../../api/types";
import { routePipe } from "../core/route";
import type { Drawing } from "../core/types";

/** What the server made of a file, and what of it is not as it was there. */
export type DexpiDrawing = Result<"dexpi_import">;

const BASE = "/api/v1/schematics/dexpi";

export const readDexpi = (site: string, xml: string) =>
  call<DexpiDrawing>("POST", `${BASE}/import`, { body: { site, xml } });

export const writeDexpi = (site: string, name: string, drawing: Drawing) =>
  call<Result<"dexpi_export">>("POST", `${BASE}/export`, { body: { site, name, drawing: withRoutes(drawing) } });

export const looksLikeXml = (text: string): boolean => text.trimStart().startsWith("<");

/** With the corners that pipes have on the screen, which the server does not know. */
export function withRoutes(drawing: Drawing): Drawing {
  const placements = new Map((drawing.placements ?? []).map((placement) => [placement.id, placement]));
  const pipes = (drawing.pipes ?? []).map((pipe) => {
    const corners = routePipe(pipe, placements)?.slice(1, -1) ?? [];
    return { ...pipe, via: corners.map(({ x, y }): [number, number] => [x, y]) };
  });
  return { ...drawing, pipes };
}
