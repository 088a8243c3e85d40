import type { FormEvent, ReactNode } from "react";
import { ErrorMessage } from "./states";
import styles from "./ui.module.css";

interface Props {
  onSubmit: () => void;
  /** Why the last attempt failed; shown above the fields. */
  error?: unknown;
  label?: string;
  /** Replaces the stacked layout of fields. */
  className?: string;
  children: ReactNode;
}

/** The shell of every form: submitted by its button or Enter, and handled without a page load. */
export function SubmitForm({ onSubmit, error, label, className = styles.form, children }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={className} onSubmit={submit} aria-label={label}>
      <ErrorMessage error={error} />
      {children}
    </form>
  );
}
