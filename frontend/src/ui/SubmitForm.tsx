import type { FormEvent, ReactNode } from "react";
import { Trouble } from "./states";
import styles from "./ui.module.css";

interface Props {
  onSubmit: () => void;
  /** Why the last attempt failed; shown above the fields. */
  error?: unknown;
  children: ReactNode;
}

/** The shell of every form: submitted by its button or by Enter, never by the browser. */
export function SubmitForm({ onSubmit, error, children }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Trouble error={error} />
      {children}
    </form>
  );
}
