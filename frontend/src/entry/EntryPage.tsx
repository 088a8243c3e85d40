import type { ReactNode } from "react";
import { useEffect } from "react";
import { HealthBanner } from "../frame/health";
import { Mark } from "../ui/Mark";
import { SubmitForm } from "../ui/SubmitForm";
import styles from "./entry.module.css";
import { texts } from "./texts";

interface Props {
  title: string;
  children: ReactNode;
  onSubmit?: () => void;
  foot?: ReactNode;
}

/** A page for people who are not signed in: a small form in the middle. */
export function EntryPage({ title, children, onSubmit, foot }: Props) {
  useEffect(() => {
    document.title = texts.pageTitle(title);
  }, [title]);
  return (
    <>
      <HealthBanner />
      <main className={styles.page}>
        <div className={styles.card}>
          <div className={styles.brand}>
            <Mark size={28} /> {texts.product}
          </div>
          <SubmitForm className={styles.panel} onSubmit={() => onSubmit?.()} label={title}>
            <h1>{title}</h1>
            {children}
          </SubmitForm>
          {foot && <p className={styles.foot}>{foot}</p>}
        </div>
      </main>
    </>
  );
}
