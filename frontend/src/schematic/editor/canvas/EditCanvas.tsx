import { useEffect, useLayoutEffect, useRef } from "react";
import { useStage } from "../../view/context";
import "../../symbols/symbols.css";
import { useEditing, useEditorState } from "../context";
import { texts } from "../texts";
import { Groups } from "../../view/Groups";
import view from "../../view/view.module.css";
import { ScanLayer } from "../scan/ScanLayer";
import { useGestures } from "./useGestures";
import { Overlay } from "./Overlay";
import { EditPipe, EditSymbol, EditTag, EditText } from "./parts";
import styles from "./canvas.module.css";

interface Props {
  /** Shows it as readers will see it: without a grid, ports and selection. */
  preview: boolean;
  fit: () => void;
}

/** The drawing on its page, with everything that is done to it by pointer. */
export function EditCanvas({ preview, fit }: Props) {
  const { view: viewport, armed, grid } = useEditing();
  const { drawing, hidden } = useEditorState();
  const root = useRef<HTMLDivElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const { scene } = useStage();
  const gestures = useGestures(root, preview);

  useLayoutEffect(() => {
    viewport.attach(root.current!, world.current!);
    fit();
  }, [viewport, fit]);
  useWheel(root, viewport);

  const shown = <T extends { layer?: string | undefined }>(part: T) =>
    part.layer === undefined || !hidden.has(part.layer);
  return (
    <div
      className={`${view.canvas} ${styles.canvas}`}
      ref={root}
      tabIndex={0}
      role="application"
      aria-label={texts.canvas.label}
      data-testid="edit-canvas"
      data-armed={armed !== undefined}
      data-preview={preview}
      style={{ "--grid": `${grid * 2}px` } as React.CSSProperties}
      {...gestures}
    >
      <div className={styles.world} ref={world} data-world>
        <div className={styles.page} style={{ width: drawing.width, height: drawing.height }} />
        {!preview && drawing.background && <ScanLayer background={drawing.background} />}
        <svg className={styles.pipes}>
          {scene.pipes
            .filter(({ pipe }) => shown(pipe))
            .map((drawn) => (
              <EditPipe key={drawn.pipe.id} drawn={drawn} />
            ))}
        </svg>
        <Groups parts={(drawing.placements ?? []).filter(shown)}>
          {(placement) => (
            <EditSymbol key={placement.id} placement={placement} joint={scene.joints.get(placement.id)?.medium} />
          )}
        </Groups>
        {drawing.texts?.filter(shown).map((text) => (
          <EditText key={text.id} text={text} />
        ))}
        <Groups parts={(drawing.tags ?? []).filter(shown)}>{(tag) => <EditTag key={tag.id} tag={tag} />}</Groups>
        {!preview && <Overlay />}
      </div>
      <div className={view.zoom}>
        <button
          type="button"
          aria-label={texts.canvas.zoomOut}
          title={texts.canvas.zoomOut}
          onClick={() => viewport.zoomBy(1 / 1.2)}
        >
          −
        </button>
        <button type="button" title={texts.canvas.fitHint} onClick={fit}>
          {texts.canvas.fit}
        </button>
        <button
          type="button"
          aria-label={texts.canvas.zoomIn}
          title={texts.canvas.zoomIn}
          onClick={() => viewport.zoomBy(1.2)}
        >
          +
        </button>
      </div>
    </div>
  );
}

/** Zooms at the cursor. React's own listener could not prevent the page from scrolling. */
function useWheel(root: React.RefObject<HTMLElement | null>, viewport: ReturnType<typeof useEditing>["view"]) {
  useEffect(() => {
    const element = root.current!;
    const zoom = (event: WheelEvent) => {
      event.preventDefault();
      if (event.shiftKey) viewport.panBy(-event.deltaY, 0);
      else viewport.zoomBy(Math.exp(-event.deltaY * 0.0015), { x: event.clientX, y: event.clientY });
    };
    element.addEventListener("wheel", zoom, { passive: false });
    return () => element.removeEventListener("wheel", zoom);
  }, [root, viewport]);
}
