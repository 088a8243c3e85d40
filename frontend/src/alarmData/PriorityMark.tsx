import type { Priority } from "./types";
import styles from "./mark.module.css";
import { texts } from "./texts";

/** Square, triangle, diamond, circle, each of about the same area. */
export const SHAPES: Record<Priority, string> = {
  1: "M2.5 2.5h15v15h-15z",
  2: "M10 1.4 19 17.8H1z",
  3: "M10 .6 19.4 10 10 19.4.6 10z",
  4: "M10 1.6a8.4 8.4 0 1 1 0 16.8a8.4 8.4 0 1 1 0-16.8z",
};
/** The figure's base line: a triangle is heavier below. */
const BASE: Record<Priority, number> = { 1: 14.1, 2: 15.6, 3: 14.1, 4: 14.1 };

interface Props {
  priority: Priority;
  size?: number;
  /** Flashing, but not where people prefer no motion. */
  unacknowledged?: boolean;
  /** Beside the same in words. */
  silent?: boolean;
}

/** An alarm's priority by shape, figure and colour. */
export function PriorityMark({ priority, size = 20, unacknowledged = false, silent = false }: Props) {
  return (
    <svg
      className={styles.mark}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      data-priority={priority}
      data-unacknowledged={unacknowledged || undefined}
      {...(silent ? { "aria-hidden": true } : { role: "img", "aria-label": texts.priority(priority) })}
    >
      <path d={SHAPES[priority]} />
      <text x="10" y={BASE[priority]} textAnchor="middle">
        {priority}
      </text>
    </svg>
  );
}
