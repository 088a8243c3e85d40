import type { Tenant } from "./api";
import { Linked } from "./State";
import styles from "./operators.module.css";
import { texts } from "./texts";

/** What stopped a tenant, or what it is waiting for, and what to do about it. */
export function Stopped({ tenant }: { tenant: Tenant }) {
  if (!tenant.error) return null;
  const step = tenant.steps.find((each) => each.state === "failed");
  const failed = tenant.state === "failed";
  return (
    <div className={failed ? styles.error : styles.notice} role="alert" data-testid="stopped">
      <b>{failed ? (step ? texts.stoppedAt(step.title) : texts.stopped) : going(tenant)}</b>
      <p>
        <Linked text={step ? tenant.error.replace(`${step.title}: `, "") : tenant.error} />
      </p>
      {failed && <p>{texts.nothingLost}</p>}
    </div>
  );
}

const going = (tenant: Tenant) => (tenant.restoring ? texts.restoring : texts.retryingAutomatically);
