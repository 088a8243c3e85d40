import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useMayWork } from "../../cases";
import { useSiteCatalog } from "../../catalog";
import { useShortcuts } from "../../keyboard";
import { useMoment, useParam } from "../../moment";
import { useSite, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Earlier } from "../../ui/Earlier";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { beside } from "../beside";
import { WorkPage } from "../WorkPage";
import { usePlans } from "./api";
import type { Plan } from "./api";
import { PlanDetails } from "./PlanDetails";
import { PlanForm } from "./PlanForm";
import styles from "./plans.module.css";
import { everyWords, targetWords } from "./words";
import { texts } from "../texts";

/** What opens cases by itself. */
export function PlansPage() {
  const [current, show] = useParam("plan");
  const [form, setForm] = useState<Plan | "new" | null>(null);
  const { at } = useMoment();
  const mayWork = useMayWork();
  const tenant = useTenant();
  const list = usePlans(at);
  const pages = list.data?.pages;
  const plans = useMemo(() => pages?.flatMap((page) => page.results) ?? [], [pages]);
  const go = (step: 1 | -1) => () => {
    const next = beside(plans, current, step);
    if (next) show(next);
  };
  const edited = plans.find((each) => each.id === current);
  useShortcuts("work", {
    next: go(1),
    previous: go(-1),
    add: () => (mayWork ? setForm("new") : false),
    edit: () => (mayWork && edited ? setForm(edited) : false),
    close: () => (current ? show(null) : false),
  });
  const add = mayWork && <Button onClick={() => setForm("new")}>{texts.addPlan}</Button>;
  const details = current && <PlanDetails key={current} id={current} close={() => show(null)} edit={setForm} />;
  return (
    <WorkPage part="maintenance" tools={plans.length > 0 && add} details={details} close={() => show(null)}>
      {list.isError && !list.data ? (
        <Failed error={list.error} what={texts.plansFailed} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Loading />
      ) : plans.length === 0 ? (
        <Empty title={at === null ? texts.noPlans : texts.noPlansThen} action={add}>
          {tenant?.role === "viewer" ? texts.noPlansViewer : texts.noPlansHint}
        </Empty>
      ) : (
        <>
          <Card flush>
            <PlanTable plans={plans} current={current} show={show} />
          </Card>
          <Earlier list={list} />
        </>
      )}
      {form && (
        <PlanForm
          key={form === "new" ? form : form.id}
          plan={form === "new" ? undefined : form}
          close={() => setForm(null)}
          stored={(plan) => {
            setForm(null);
            show(plan.id);
          }}
        />
      )}
    </WorkPage>
  );
}

interface TableProps {
  plans: readonly Plan[];
  current: string | null;
  show: (id: string) => void;
}

function PlanTable({ plans, current, show }: TableProps) {
  const { catalog } = useSiteCatalog(useSite()?.id);
  return (
    <DataTable
      rows={plans}
      keyOf={(plan) => plan.id}
      label={texts.parts.maintenance}
      className={styles.table}
      onOpen={(plan) => show(plan.id)}
      isSelected={(plan) => plan.id === current}
      isFaint={(plan) => !plan.enabled}
      columns={[
        {
          head: texts.planName,
          className: styles.what,
          cell: (plan) => (
            <>
              <button type="button" className={styles.name} aria-current={plan.id === current || undefined}>
                {plan.name}
              </button>
              <div className={ui.sub}>{everyWords(plan.every, catalog)}</div>
            </>
          ),
        },
        {
          head: texts.planTarget,
          className: styles.target,
          cell: (plan) => targetWords(plan.target, (id) => catalog?.assetById.get(id)?.tag),
        },
        {
          head: texts.assigned,
          className: styles.assigned,
          cell: (plan) => plan.assigned?.name ?? <span className={ui.quiet}>{texts.nobody}</span>,
        },
        {
          head: texts.status,
          className: styles.status,
          cell: (plan) => <span className={ui.chip}>{plan.enabled ? texts.planOn : texts.planOff}</span>,
        },
      ]}
    />
  );
}
