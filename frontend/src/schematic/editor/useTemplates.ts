import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { all, api, tenantOfPath, unwrap } from "../../api/client";
import { errorText } from "../../api/problem";
import type { Body, Result } from "../../api/types";
import type { SiteCatalog } from "../../catalog";
import type { Editor } from "../core/edit/editor";
import { templateOf } from "../core/edit/templates";
import type { Template } from "../core/edit/templates";

type Stored = Result<"templates_read">;
type Sent = Body<"templates_create">;

interface KeptTemplate extends Template {
  id: string;
  revision: number;
}

const NONE: KeptTemplate[] = [];
/** The server wants a size, which a part of a drawing does not have. */
const SHEET = { width: 1200, height: 800 };

/** The tenant's templates. Saving under a name that exists replaces that one. */
export function useTemplates(editor: Editor, catalog: SiteCatalog, announce: (text: string) => void) {
  const client = useQueryClient();
  const key = [tenantOfPath(), "schematic templates"];
  const kept = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await all("/api/v1/schematic-templates", { limit: 200 }, signal)).map(keptOf),
    staleTime: 30_000,
  });
  const templates = kept.data ?? NONE;
  const after = {
    onError: (error: unknown) => announce(errorText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  };
  const save = useMutation({
    mutationFn: (name: string) => store(templateOf(editor.drawing, editor.selection, name, catalog), templates),
    ...after,
  });
  const remove = useMutation({
    mutationFn: ({ id }: KeptTemplate) => api.DELETE("/api/v1/schematic-templates/{id}", { params: { path: { id } } }),
    ...after,
  });
  const move = useMutation({ mutationFn: moveFromBrowser, ...after }).mutate;
  const isMoved = useRef(false);
  useEffect(() => {
    if (!kept.data || isMoved.current) return;
    isMoved.current = true;
    if (inBrowser().length > 0) move(kept.data);
  }, [kept.data, move]);
  return {
    all: templates,
    remove: ({ name }: Template) => {
      const found = templates.find((each) => each.name === name);
      if (found) remove.mutate(found);
    },
    save: (name: string) => save.mutate(name),
  };
}

function store({ name, asset, clip }: Template, known: KeptTemplate[]) {
  const body = { name, asset: asset ?? null, drawing: { ...SHEET, ...clip } } as unknown as Sent;
  const before = known.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!before) return unwrap(api.POST("/api/v1/schematic-templates", { body }));
  const params = { path: { id: before.id } };
  return unwrap(api.PUT("/api/v1/schematic-templates/{id}", { params, body: { ...body, revision: before.revision } }));
}

function keptOf({ id, revision, name, asset, drawing }: Stored): KeptTemplate {
  const { placements = [], pipes = [], tags = [], texts = [] } = drawing as unknown as Partial<Template["clip"]>;
  return { id, revision, name, asset: asset ?? undefined, clip: { placements, pipes, tags, texts } };
}

const browserKey = () => `plantrace.templates.${tenantOfPath() ?? ""}`;

/** Templates of versions that kept them in the browser. */
function inBrowser(): Template[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(browserKey()) ?? "[]");
    return Array.isArray(stored) ? (stored as Template[]) : [];
  } catch {
    return [];
  }
}

/** Moves them to the server; names that it has already stay the server's. */
async function moveFromBrowser(known: KeptTemplate[]): Promise<void> {
  for (const template of inBrowser()) {
    const isKnown = known.some((each) => each.name.toLowerCase() === template.name.toLowerCase());
    if (!isKnown) await store(template, known);
  }
  localStorage.removeItem(browserKey());
}
