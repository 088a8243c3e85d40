import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { isMissing } from "../../api/problem";
import { useMayWork } from "../../cases";
import { useSiteCatalog } from "../../catalog";
import { formatDate } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { hrefWith, useMoment, useZone } from "../../moment";
import { useSite, useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { Failed, Loading } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import work from "../work.module.css";
import { useDeletePlan, usePlan } from "./api";
import type { Plan, PlanWithStanding, Standing } from "./api";
import styles from "./plans.module.css";
import { everyWords, standingWords } from "./words";
import { texts } from "../texts";

interface Props {
  id: string;
  close: () => void;
  edit: (plan: Plan) => void;
}

/** One plan: what is done, and how far each of its assets is. */
export function PlanDetails({ id, close, edit }: Props) {
  const tenant = useTenant();
  const { at } = useMoment();
  const mayWork = useMayWork();
  const { catalog } = useSiteCatalog(useSite()?.id);
  const { data: plan, error, refetch } = usePlan(id, at);
  const [deleting, setDeleting] = useState(false);
  if (!plan)
    return (
      <Inspector title={texts.aPlan} onClose={close}>
        {!error ? (
          <Loading />
        ) : isMissing(error) ? (
          <p className={ui.quiet}>{at === null ? texts.planGone : texts.planGoneThen}</p>
        ) : (
          <Failed error={error} retry={() => void refetch()} />
        )}
      </Inspector>
    );
  const cases = hrefWith(`/t/${tenant?.slug}/work`, { plan: plan.id, show: "all" });
  return (
    <Inspector title={plan.name} subtitle={everyWords(plan.every, catalog)} onClose={close}>
      <div className={`${ui.actions} ${work.buttons}`}>
        {mayWork && <Button onClick={() => edit(plan)}>{texts.edit}</Button>}
        <Button variant="default" component={Link} href={cases}>
          {texts.seeCases}
        </Button>
        {mayWork && (
          <Button variant="default" onClick={() => setDeleting(true)}>
            {texts.deletePlan}
          </Button>
        )}
      </div>
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
      {deleting && <DeletePlan plan={plan} close={() => setDeleting(false)} deleted={close} />}
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

function DeletePlan({ plan, close, deleted }: { plan: Plan; close: () => void; deleted: () => void }) {
  const remove = useDeletePlan();
  return (
    <Modal opened onClose={close} title={texts.deletePlanTitle(plan.name)} size={420}>
      <SubmitForm onSubmit={() => remove.mutate(plan, { onSuccess: deleted })} error={remove.error}>
        <p>{texts.deletePlanHint}</p>
        <Actions does={texts.deletePlanDo} close={close} danger loading={remove.isPending} />
      </SubmitForm>
    </Modal>
  );
}
