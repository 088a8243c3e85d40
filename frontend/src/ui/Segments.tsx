import type { ReactNode } from "react";
import styles from "./ui.module.css";

interface Props<T extends string> {
  label: string;
  value: T | null;
  onChange: (value: T) => void;
  /** `short`: where there is little room. */
  choices: readonly { value: T; label: string; short?: string }[];
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
          aria-label={choice.short && choice.label}
          onClick={() => onChange(choice.value)}
        >
          {choice.short === undefined ? (
            choice.label
          ) : (
            <>
              <span className={styles.long}>{choice.label}</span>
              <span className={styles.short}>{choice.short}</span>
            </>
          )}
        </button>
      ))}
      {children}
    </div>
  );
}
