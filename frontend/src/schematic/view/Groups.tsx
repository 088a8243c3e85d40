import type { ReactNode } from "react";
import { groupsOf } from "../core/groups";
import styles from "./view.module.css";

interface Props<T> {
  parts: readonly T[];
  children: (part: T) => ReactNode;
}

/** Parts in groups that the browser lays out and paints each by itself: a change in one leaves the others as they are. */
export function Groups<T>({ parts, children }: Props<T>) {
  return groupsOf(parts).map((group, index) => (
    <div key={index} className={styles.group}>
      {group.map(children)}
    </div>
  ));
}
