import { useNow } from "../moment";
import ui from "../ui/ui.module.css";
import type { Step } from "./api";
import styles from "./operators.module.css";
import { texts } from "./texts";

const LOOK: Record<string, [string, string]> = {
  ready: ["●", ui.good!],
  requested: ["◐", ui.working!],
  provisioning: ["◐", ui.working!],
  upgrading: ["◐", ui.working!],
  deleting: ["◐", ui.working!],
  failed: ["■", ui.bad!],
  suspended: ["○", ui.off!],
  deleted: ["○", ui.off!],
  // Of roll-outs and the tenants in them.
  running: ["◐", ui.working!],
  paused: ["○", ui.off!],
  stopped: ["■", ui.bad!],
  done: ["●", ui.good!],
  checking: ["◐", ui.working!],
  soaking: ["◐", ui.working!],
  returning: ["◐", ui.working!],
};

export const STATES = ["ready", "requested", "provisioning", "upgrading", "suspended", "failed", "deleting"];
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** State by shape and word, and by colour only in addition. */
export function State({ state }: { state: string }) {
  const [mark, look] = LOOK[state] ?? ["○", ui.off!];
  return (
    <span className={`${ui.status} ${look}`}>
      <span aria-hidden="true">{mark}</span>
      {state === "left out" ? capital(texts.excluded) : capital(state)}
    </span>
  );
}

const MARKS: Record<string, string> = { done: "✓", running: "", failed: "!", waiting: "" };
const WORDS: Record<string, string> = {
  done: texts.done,
  running: texts.running,
  failed: texts.failedState,
  waiting: texts.waitingState,
};

interface StepsProps {
  steps: Step[];
  /** An error shown above the steps, which is not repeated. */
  shownError?: string;
}

export function Steps({ steps, shownError = "" }: StepsProps) {
  return (
    <ol className={styles.steps}>
      {steps.map((step) => (
        <li key={step.name} data-state={step.state}>
          <span className={styles.mark} aria-label={WORDS[step.state]}>
            {MARKS[step.state]}
          </span>
          <span>
            <b>{step.title}</b>
            {step.message && !shownError.includes(step.message) && (
              <small>
                <Linked text={step.message} />
              </small>
            )}
          </span>
          <span className={styles.seconds}>
            {step.state === "running" && step.started !== null ? (
              <Running since={step.started} />
            ) : (
              step.seconds !== null && `${step.seconds.toFixed(1)} s`
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

const Running = ({ since }: { since: number }) => <>{Math.max(0, Math.floor((useNow() - since) / 1000))} s</>;

/** Text of the server in which addresses are links, such as that of a pull request. */
export function Linked({ text }: { text: string }) {
  return text.split(/(https?:\/\/[^\s,;)]+[^\s,;).])/).map((part, index) =>
    index % 2 ? (
      <a key={index} href={part} target="_blank" rel="noreferrer">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
