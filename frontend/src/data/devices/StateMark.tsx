import ui from "../../ui/ui.module.css";
import type { State } from "./api";
import styles from "./devices.module.css";
import { STATES } from "./texts";

/** By shape and word; coloured only where somebody has to look. */
const SHAPES: Record<State, [shape: string, className: string | undefined]> = {
  online: ["●", ui.off],
  late: ["▲", styles.late],
  offline: ["■", ui.bad],
  unseen: ["○", ui.off],
};

export function StateMark({ state }: { state: State }) {
  const [shape, className] = SHAPES[state];
  return (
    <span className={`${ui.status} ${className}`} data-state={state}>
      <span aria-hidden="true">{shape}</span>
      {STATES[state]}
    </span>
  );
}
