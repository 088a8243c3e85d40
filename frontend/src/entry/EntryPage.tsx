import type { FormEvent, ReactNode } from "react";
import { useEffect } from "react";
import { HealthBanner } from "../frame/health";
import { Mark } from "../ui/Mark";
import styles from "./entry.module.css";
import { texts } from "./texts";

interface Props {
  title: string;
  children: ReactNode;
  onSubmit?: () => void;
  foot?: ReactNode;
}

/** The page before one is inside: a small form in the middle. */
export function EntryPage({ title, children, onSubmit, foot }: Props) {
  useEffect(() => {
    document.title = texts.plantrace(title);
  }, [title]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <>
      <HealthBanner />
      <main className={styles.page}>
        <div className={styles.card}>
          <div className={styles.brand}>
            <Mark size={28} /> {texts.plantrace2}
          </div>
          <form className={styles.panel} onSubmit={submit} aria-label={title}>
            <h1>{title}</h1>
            {children}
          </form>
          {foot && <p className={styles.foot}>{foot}</p>}
        </div>
      </main>
    </>
  );
}
