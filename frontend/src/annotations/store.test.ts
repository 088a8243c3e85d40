import { expect, it } from "vitest";
import { Problem } from "../api/problem";
import type { Annotation, AnnotationContent } from "../api/types";
import { storeNote } from "./store";

const content = { target: "s1", text: "leak", start: 0, end: null, link: null } as AnnotationContent;
const file = { name: "photo.jpg" } as File;

/** A server with one note, which refuses every revision but its own; `refuses`: how many uploads fail. */
function makeServer(refuses: number) {
  let note = { id: "n1", revision: 1, files: [{ id: "f1" }, { id: "f2" }] } as Annotation;
  const next = (files: { id: string }[]) => (note = { ...note, revision: note.revision + 1, files } as Annotation);
  return {
    now: () => note,
    saveNote: async (_: AnnotationContent, base?: Annotation) => {
      if (base?.revision !== note.revision) throw new Problem(409, "Conflict", "", {}, "stale-revision");
      return next(note.files);
    },
    readNote: async () => note,
    removeFile: async (_: string, id: string) => {
      if (!note.files.some((each) => each.id === id)) throw new Problem(404, "Not found", "");
      next(note.files.filter((each) => each.id !== id));
      return { response: new Response() } as never;
    },
    addFile: async () => {
      if (refuses-- > 0) throw new Problem(503, "Busy", "");
      return next([...note.files, { id: "new" }]);
    },
  };
}

it("tries only the rest again after a file failed, without a conflict with itself", async () => {
  const server = makeServer(1);
  let before = server.now();
  let [removed, added] = [["f1"], [file]];
  const save = () =>
    storeNote(
      { content, removed, added },
      before,
      {
        saved: (note) => (before = note),
        removed: (id) => (removed = removed.filter((each) => each !== id)),
        added: (each) => (added = added.filter((other) => other !== each)),
      },
      server,
    );
  await expect(save()).rejects.toMatchObject({ status: 503 });
  expect([removed, added]).toEqual([[], [file]]);
  await save();
  expect(added).toEqual([]);
  expect(server.now().files.map(({ id }) => id)).toEqual(["f2", "new"]);
  expect(before).toBe(server.now());
});

it("goes on if somebody else has removed the file already", async () => {
  const server = makeServer(0);
  const done: string[] = [];
  const told = { saved: () => undefined, removed: (id: string) => done.push(id), added: () => undefined };
  await storeNote({ content, removed: ["f9"], added: [] }, server.now(), told, server);
  expect(done).toEqual(["f9"]);
});
