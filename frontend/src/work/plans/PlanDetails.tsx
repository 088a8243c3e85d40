import { Link } from "wouter";
import { useSiteCatalog } from "../../catalog";
import { formatDate } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { hrefWith, useMoment, useZone } from "../../moment";
import { useSite, useTenant } from "../../tenant";
import ui from "../../ui/ui.module.css";
import { Buttons } from "../Buttons";
import type { DetailsProps } from "../ListPage";
import { PendingDetails } from "../PendingDetails";
import work from "../work.module.css";
import { plans } from "./api";
import type { Plan, PlanWithStanding, Standing } from "./api";
import styles from "./plans.module.css";
import { everyWords, standingWords } from "./words";
import { texts } from "../texts";

/** One plan: what is done, and how far each of its assets is. */
export function PlanDetails({ id, close, edit }: DetailsProps<Plan>) {
  const tenant = useTenant();
  const { at } = useMoment();
  const { catalog } = useSiteCatalog(useSite()?.id);
  const { data: plan, error, refetch } = plans.useOne(id, at);
  const remove = plans.useDelete();
  if (!plan) {
    const gone = at === null ? texts.planGone : texts.planGoneThen;
    return <PendingDetails title={texts.aPlan} close={close} error={error} retry={refetch} gone={gone} />;
  }
  const cases = hrefWith(`/t/${tenant?.slug}/work`, { plan: plan.id, show: "all" });
  return (
    <Inspector title={plan.name} subtitle={everyWords(plan.every, catalog)} onClose={close}>
      <Buttons
        cases={cases}
        edit={() => edit(plan)}
        deletion={{
          title: texts.deletePlanTitle(plan.name),
          hint: texts.deletePlanHint,
          does: texts.deletePlanDo,
          submit: () => remove.mutate(plan, { onSuccess: close }),
          error: remove.error,
          busy: remove.isPending,
        }}
      />
      <InspectorSection title={texts.standing}>
        {plan.standing.length === 0 && <p className={ui.quiet}>{texts.noStanding}</p>}
        <ul className={styles.standing}>
          {plan.standing.map((standing) => (
            <One key={standing.asset.id} standing={standing} plan={plan} />
          ))}
        </ul>
      </InspectorSection>
      {plan.instruction && (
        <InspectorSection title={texts.instruction}>
          <p className={work.text}>{plan.instruction}</p>
        </InspectorSection>
      )}
    </Inspector>
  );
}

function One({ standing, plan }: { standing: Standing; plan: PlanWithStanding }) {
  const tenant = useTenant();
  const zone = useZone().name;
  const date = (ms: number) => formatDate(ms, zone);
  const { asset, last_done: done, reached, open_case: open, problem } = standing;
  return (
    <li>
      <p>
        <b>{asset.tag}</b> {asset.name}
        {reached.length > 0 && <span className={`${ui.chip} ${styles.due}`}>{texts.isDue}</span>}
      </p>
      <p className={ui.sub}>
        {[
          `${texts.lastDone} ${done === null ? texts.never : date(done)}`,
          ...standingWords(standing, plan.every, (ms) => `${texts.nextDue} ${date(ms)}`),
        ].join(" · ")}
      </p>
      {problem && <p className={`${ui.sub} ${work.overdue}`}>{problem}</p>}
      {open && <Link href={hrefWith(`/t/${tenant?.slug}/work`, { case: open })}>{texts.itsCase}</Link>}
    </li>
  );
}
