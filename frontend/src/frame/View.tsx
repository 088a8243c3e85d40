import type { ReactNode } from "react";
import { useEffect } from "react";
import styles from "./frame.module.css";
import { texts } from "./texts";

interface Props {
  /** The page's title, for the browser's tab, and its heading for those who listen to it. */
  title: string;
  /** It shows a heading of the first level itself. */
  headed?: boolean;
  children: ReactNode;
  left?: ReactNode;
  inspector?: ReactNode;
  bottom?: ReactNode;
  /** Draws the 3 px frame of past time around the main part. */
  past?: boolean;
}

/** One screen inside the frame: an optional pane to the left, the main part, the inspector, a strip below. */
export function View({ title, headed = false, children, left, inspector, bottom, past = false }: Props) {
  useEffect(() => {
    document.title = texts.pageTitle(title);
  }, [title]);
  return (
    <div className={styles.view}>
      {left && (
        <section className={styles.left} aria-label={texts.leftPane}>
          {left}
        </section>
      )}
      <main className={`${styles.main} ${past ? styles.past : ""}`} id="main">
        {!headed && <h1 className={styles.heard}>{title}</h1>}
        {past ? <div className={styles.scroll}>{children}</div> : children}
      </main>
      {inspector}
      {bottom && (
        <section className={styles.bottom} aria-label={texts.bottomPane}>
          {bottom}
        </section>
      )}
    </div>
  );
}
