import type { ComponentProps } from "react";
import { Suspense } from "react";
import { lazy } from "../ui/lazy";

const Loaded = lazy(() => import("./CasesOf").then((m) => ({ default: m.CasesOf })));

/** The cases of something, loaded beside what is shown first. */
export function CasesOf(props: ComponentProps<typeof Loaded>) {
  return (
    <Suspense fallback={null}>
      <Loaded {...props} />
    </Suspense>
  );
}
