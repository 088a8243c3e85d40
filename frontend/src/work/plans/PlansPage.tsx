import { useSiteCatalog } from "../../catalog";
import { useMoment } from "../../moment";
import { useSite } from "../../tenant";
import { DataTable } from "../../ui/DataTable";
import ui from "../../ui/ui.module.css";
import { ListPage } from "../ListPage";
import type { TableProps } from "../ListPage";
import { plans } from "./api";
import type { Plan } from "./api";
import { PlanDetails } from "./PlanDetails";
import { PlanForm } from "./PlanForm";
import styles from "./plans.module.css";
import { everyWords, targetWords } from "./words";
import { texts } from "../texts";

/** What opens cases by itself. */
export function PlansPage() {
  const list = plans.useList(useMoment().at);
  return (
    <ListPage
      part="maintenance"
      param="plan"
      list={list}
      words={{
        add: texts.addPlan,
        failed: texts.plansFailed,
        none: texts.noPlans,
        noneThen: texts.noPlansThen,
        hint: texts.noPlansHint,
        viewerHint: texts.noPlansViewer,
      }}
      Table={PlanTable}
      Details={PlanDetails}
      Form={PlanForm}
    />
  );
}

function PlanTable({ rows, current, show }: TableProps<Plan>) {
  const { catalog } = useSiteCatalog(useSite()?.id);
  return (
    <DataTable
      rows={rows}
      keyOf={(plan) => plan.id}
      label={texts.parts.maintenance}
      className={styles.table}
      cards
      onOpen={(plan) => show(plan.id)}
      isSelected={(plan) => plan.id === current}
      isFaint={(plan) => !plan.enabled}
      columns={[
        {
          head: texts.planName,
          className: styles.what,
          cell: (plan) => (
            <>
              <button type="button" className={ui.rowName} aria-current={plan.id === current || undefined}>
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
