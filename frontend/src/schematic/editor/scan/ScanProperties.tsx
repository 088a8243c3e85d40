import { Button } from "@mantine/core";
import { InspectorSection } from "../../../frame";
import { setBackground } from "../../core/edit/parts";
import type { Background } from "../../core/types";
import { useEditing } from "../context";
import { NumberField } from "../NumberField";
import styles from "../properties.module.css";
import { texts as all } from "../texts";

const texts = all.scan;
const MIN_SIDE = 10;

/** Where the scan lies, how large and how faint it is. */
export function ScanProperties({ background }: { background: Background }) {
  const { editor } = useEditing();
  const patch = (members: Partial<Background>, key?: string) =>
    editor.perform(setBackground(editor.drawing, { ...background, ...members }), key && `scan ${key}`);
  const widen = (width: number) => {
    const wide = Math.max(MIN_SIDE, width);
    patch({ width: wide, height: (background.height * wide) / background.width });
  };
  return (
    <InspectorSection title={texts.title}>
      <div className={styles.properties}>
        <p className={styles.hint}>{texts.locked}</p>
        <div className={styles.row}>
          <NumberField label={all.properties.x} value={background.x} onChange={(x) => patch({ x })} />
          <NumberField label={all.properties.y} value={background.y} onChange={(y) => patch({ y })} />
          <NumberField label={all.properties.width} value={background.width} onChange={widen} />
        </div>
        <div>
          <span className={styles.label}>{texts.opacity}</span>
          <input
            type="range"
            className={styles.range}
            aria-label={texts.opacity}
            min={0.05}
            max={1}
            step={0.05}
            value={background.opacity ?? 0.4}
            onChange={(event) => patch({ opacity: Number(event.currentTarget.value) }, "opacity")}
            onBlur={editor.seal}
          />
        </div>
        <Button variant="default" onClick={() => editor.perform(setBackground(editor.drawing, undefined))}>
          {texts.remove}
        </Button>
      </div>
    </InspectorSection>
  );
}
