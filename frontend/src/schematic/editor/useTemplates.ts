import { useState } from "react";
import type { SiteCatalog } from "../../catalog";
import { tenantOfPath } from "../../api/client";
import type { Editor } from "../core/edit/editor";
import { templateOf } from "../core/edit/templates";
import type { Template } from "../core/edit/templates";

const keyOf = () => `plantrace.templates.${tenantOfPath() ?? ""}`;

/** A person's templates of this tenant, kept in the browser. */
export function useTemplates(editor: Editor, catalog: SiteCatalog) {
  const [all, setAll] = useState(read);
  const write = (templates: Template[]) => {
    localStorage.setItem(keyOf(), JSON.stringify(templates));
    setAll(templates);
  };
  return {
    all,
    remove: (template: Template) => write(all.filter((each) => each !== template)),
    save: (name: string) => {
      const template = templateOf(editor.drawing, editor.selection, name, catalog);
      write([...all.filter((each) => each.name !== name), template]);
    },
  };
}

function read(): Template[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf()) ?? "[]");
    return Array.isArray(stored) ? (stored as Template[]) : [];
  } catch {
    return [];
  }
}
