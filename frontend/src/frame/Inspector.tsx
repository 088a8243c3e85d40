import type { ReactNode } from "react";
import { CloseIcon } from "../ui/icons";
import styles from "./frame.module.css";
import { texts } from "./texts";

interface Props {
  /** Without one the pane has no head. */
  title?: ReactNode;
  subtitle?: ReactNode;
  onClose?: () => void;
  children?: ReactNode;
}

/** The right-hand pane with the selected object, the same on every screen. Pass it to `<View inspector={…}>`. */
export function Inspector({ title, subtitle, onClose, children }: Props) {
  return (
    <aside className={styles.inspector} aria-label={texts.details}>
      {title && (
        <div className={styles.inspectorHead}>
          <div>
            <h2>{title}</h2>
            {subtitle && <p>{subtitle}</p>}
          </div>
          {onClose && (
            <button
              type="button"
              className={styles.close}
              onClick={onClose}
              aria-label={texts.closeDetails}
              title={texts.closeEsc}
            >
              <CloseIcon size={16} />
            </button>
          )}
        </div>
      )}
      {children}
    </aside>
  );
}

export function InspectorSection({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
