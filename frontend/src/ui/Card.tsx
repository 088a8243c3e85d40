import type { ReactNode } from "react";
import styles from "./ui.module.css";

interface Props {
  title?: ReactNode;
  /** At the right of the heading: a count, a link, a button. */
  aside?: ReactNode;
  children: ReactNode;
  /** For tables and lists, which have their own padding. */
  flush?: boolean;
}

export function Card({ title, aside, children, flush = false }: Props) {
  return (
    <section className={styles.card}>
      {title && (
        <div className={styles.cardHead}>
          <h2>{title}</h2>
          {aside && <div>{aside}</div>}
        </div>
      )}
      {flush ? children : <div className={styles.cardBody}>{children}</div>}
    </section>
  );
}
