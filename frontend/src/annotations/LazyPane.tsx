import type { ComponentProps } from "react";
import { Suspense } from "react";
import { Loading } from "../ui/states";
import { lazy } from "../ui/lazy";

const Pane = lazy(() => import("./Pane").then(({ NotesPane }) => ({ default: NotesPane })));

/** The notes, loaded when somebody opens them: most trends are looked at without. */
export function NotesPane(props: ComponentProps<typeof Pane>) {
  return (
    <Suspense fallback={<Loading />}>
      <Pane {...props} />
    </Suspense>
  );
}
