import type { Step } from "./api";
import ui from "../ui/ui.module.css";
import styles from "./operators.module.css";

const LOOK: Record<string, [string, string]> = {
  ready: ["●", ui.good!],
  requested: ["◐", ui.working!],
  provisioning: ["◐", ui.working!],
  upgrading: ["◐", ui.working!],
  deleting: ["◐", ui.working!],
  failed: ["■", ui.bad!],
  suspended: ["○", ui.off!],
  deleted: ["○", ui.off!],
};

/** State by shape and word, and by colour only on top of both. */
export function State({ state }: { state: string }) {
  const [mark, look] = LOOK[state] ?? ["○", ui.off!];
  return (
    <span className={`${ui.status} ${look}`}>
      <span aria-hidden="true">{mark}</span>
      {state[0]!.toUpperCase() + state.slice(1)}
    </span>
  );
}

const MARKS: Record<string, string> = { done: "✓", running: "", failed: "!", waiting: "" };
const WORDS: Record<string, string> = { done: "done", running: "under way", failed: "failed", waiting: "waiting" };

export function Steps({ steps }: { steps: Step[] }) {
  return (
    <ol className={styles.steps}>
      {steps.map((step) => (
        <li key={step.name} data-state={step.state}>
          <span className={styles.mark} aria-label={WORDS[step.state]}>
            {MARKS[step.state]}
          </span>
          <span>
            <b>{step.title}</b>
            {step.message && <small>{step.message}</small>}
          </span>
          <span className={styles.seconds}>{step.seconds === null ? "" : `${step.seconds.toFixed(1)} s`}</span>
        </li>
      ))}
    </ol>
  );
}
