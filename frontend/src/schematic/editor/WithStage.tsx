import { useLayoutEffect, useMemo, useRef } from "react";
import type { ReactNode } from "react";
import { useZone } from "../../moment";
import { sceneOf } from "../core/scene";
import type { ValueStore } from "../core/store";
import { StageContext } from "../view/context";
import type { Stage } from "../view/context";
import { useEditing, useEditorState } from "./context";

/** One stage for all states of the drawing, so that a command renders only the parts that it changed. */
export function WithStage({ store, children }: { store: ValueStore; children: ReactNode }) {
  const { catalog } = useEditing();
  const { drawing } = useEditorState();
  const zone = useZone().name;
  const scene = useMemo(() => sceneOf(drawing), [drawing]);
  const current = useRef(scene);
  current.current = scene;
  useLayoutEffect(() => store.show(scene, (id) => catalog.sensorById.get(id)), [scene, store, catalog]);
  const stage = useMemo<Stage>(
    () => ({
      get scene() {
        return current.current;
      },
      store,
      zone,
      selected: null,
      select: () => undefined,
      sensor: (id: string) => catalog.sensorById.get(id),
      asset: (id: string) => catalog.assetById.get(id),
    }),
    [store, zone, catalog],
  );
  return <StageContext value={stage}>{children}</StageContext>;
}
