import type { ReactNode } from "react";
import styles from "./ui.module.css";

interface Props<T extends string> {
  label: string;
  value: T | null;
  onChange: (value: T) => void;
  choices: readonly { value: T; label: string }[];
  /** One more segment with a button of its own. */
  children?: ReactNode;
}

/** A row of buttons, one of which is active. */
export function Segments<T extends string>({ label, value, onChange, choices, children }: Props<T>) {
  return (
    <div className={styles.segments} role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
      {children}
    </div>
  );
}
