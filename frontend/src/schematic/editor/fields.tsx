import type { ReactNode } from "react";
import { move } from "../core/edit/arrange";
import { useEditing } from "./context";
import { NumberField } from "./NumberField";
import styles from "./properties.module.css";
import { texts as all } from "./texts";

const texts = all.properties;

export const Head = ({ title, kind, children }: { title: string; kind: string; children?: ReactNode }) => (
  <header className={styles.head}>
    <div>
      <h2>{title}</h2>
      {children}
    </div>
    <span className={styles.chip}>{kind}</span>
  </header>
);

/** Where a part is, to be typed. */
export function Place({ part, children }: { part: { id: string; x: number; y: number }; children?: ReactNode }) {
  const { editor } = useEditing();
  const by = (x: number, y: number) => editor.perform(move(editor.drawing, new Set([part.id]), { x, y }));
  return (
    <div>
      <span className={styles.label}>{texts.position}</span>
      <div className={styles.row}>
        <NumberField label={texts.x} value={part.x} onChange={(x) => by(x - part.x, 0)} />
        <NumberField label={texts.y} value={part.y} onChange={(y) => by(0, y - part.y)} />
        {children}
      </div>
    </div>
  );
}
