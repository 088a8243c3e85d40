import { Button } from "@mantine/core";
import { useParam } from "../../moment";
import { Card } from "../../ui/Card";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { useNames, usePlans } from "./data";
import { PlanWords } from "./PlanWords";
import { ShiftEditor } from "./ShiftEditor";
import { texts } from "./texts";
import { WeekGrid } from "./WeekGrid";

const NEW = "new";

/** Who is on duty when: each plan as a week, or one of them in the form. */
export function ShiftsPanel({ mayEdit }: { mayEdit: boolean }) {
  const [open, setOpen] = useParam("plan");
  const list = usePlans();
  const names = useNames();
  if (list.isError) return <Failed error={list.error} what={texts.failed} retry={() => void list.refetch()} />;
  if (list.isPending || !names) return <Loading />;
  const plan = list.data.find((each) => each.id === open);
  if (open && (open === NEW || plan))
    return (
      <ShiftEditor
        key={open}
        plan={plan}
        names={names}
        mayEdit={mayEdit}
        close={() => setOpen(null, false)}
        stored={(made) => setOpen(made.id)}
      />
    );
  const add = mayEdit && <Button onClick={() => setOpen(NEW, false)}>{texts.addPlan}</Button>;
  if (list.data.length === 0)
    return (
      <Empty title={texts.noPlans} action={add}>
        {texts.noPlansHint}
      </Empty>
    );
  return (
    <>
      {open && <p role="alert">{texts.gonePlan}</p>}
      {add && <div className={ui.actions}>{add}</div>}
      {list.data.map((each) => (
        <Card
          key={each.id}
          title={
            <button type="button" className={ui.link} onClick={() => setOpen(each.id, false)}>
              {each.name}
            </button>
          }
          aside={each.zone}
        >
          <WeekGrid plan={each} names={names} />
          <PlanWords plan={each} names={names} />
        </Card>
      ))}
    </>
  );
}
