import type { ReactNode } from "react";
import styles from "./ui.module.css";
import { useCurrentInView } from "./useCurrentInView";

interface Props<T extends string> {
  label: string;
  value: T | null;
  onChange: (value: T) => void;
  /** `short`: where there is little room. */
  choices: readonly { value: T; label: string; short?: string }[];
  /** One more segment with a button of its own. */
  children?: ReactNode;
}

/** A row of buttons, one of which is active, and on a phone in view. */
export function Segments<T extends string>({ label, value, onChange, choices, children }: Props<T>) {
  const row = useCurrentInView<HTMLDivElement>("[aria-pressed=true]", value);
  return (
    <div className={styles.segments} role="group" aria-label={label} ref={row}>
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
