import type { ReactNode } from "react";
import styles from "./ui.module.css";

interface Props<T extends string> {
  label: string;
  value: T | null;
  onChange: (value: T) => void;
  choices: readonly { value: T; label: string }[];
  /** One more segment that brings its own button. */
  children?: ReactNode;
}

/** A row of buttons of which one is on. */
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
