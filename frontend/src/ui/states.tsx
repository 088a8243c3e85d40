import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { errorText, Problem } from "../api/problem";
import styles from "./ui.module.css";
import { texts } from "./texts";

/** Shows nothing at first: most responses arrive before anybody could read it. */
export function Loading({ what = texts.loading }: { what?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.state} role="status">
      {late && <p className={styles.quiet}>{what}</p>}
    </div>
  );
}

interface EmptyProps {
  title: string;
  /** Of the heading: the first if nothing else is on the page. */
  level?: 1 | 2;
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing here: why, and what to do. */
export function Empty({ title, level = 2, children, action }: EmptyProps) {
  const Heading = `h${level}` as const;
  return (
    <div className={styles.state}>
      <Heading>{title}</Heading>
      {children && <div className={styles.quiet}>{children}</div>}
      {action}
    </div>
  );
}

/** What went wrong in the server's words, and what to do next. */
export function Failed({ error, retry, what }: { error: unknown; retry?: () => void; what?: string }) {
  const missing = error instanceof Problem && error.status === 404;
  return (
    <div className={styles.state} role="alert">
      <h2>{what ?? (missing ? texts.notFound : texts.dataUnavailable)}</h2>
      <p className={styles.quiet}>{errorText(error)}</p>
      {retry && (
        <Button variant="default" onClick={retry}>
          {texts.tryAgain}
        </Button>
      )}
    </div>
  );
}

/** An error in one line, inside a form or a card. */
export function ErrorMessage({ error, children }: { error?: unknown; children?: ReactNode }) {
  if (!error && !children) return null;
  return (
    <div className={styles.trouble} role="alert">
      {children ?? errorText(error)}
    </div>
  );
}
