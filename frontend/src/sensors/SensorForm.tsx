import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Sensor } from "../api/types";
import { Actions } from "../ui/Actions";
import { Failed, Loading } from "../ui/states";
import { SubmitForm } from "../ui/SubmitForm";
import { sensorQuery } from "./api";
import { HistoryChoice } from "./HistoryChoice";
import { RevisionConflict } from "./RevisionConflict";
import { SensorFields } from "./SensorFields";
import styles from "./sensors.module.css";
import { texts } from "./texts";
import { useSensorForm } from "./useSensorForm";

interface Props {
  id: string;
  tag: string;
  close: () => void;
}

/** A sensor as a form. If its samples or somebody else's change need a decision, that replaces the form. */
export default function SensorForm({ id, tag, close }: Props) {
  const found = useQuery(sensorQuery(id));
  return (
    <Modal opened onClose={close} title={texts.title(tag)} size={560}>
      {found.data ? (
        <Form sensor={found.data} close={close} />
      ) : found.isError ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Loading />
      )}
    </Modal>
  );
}

function Form({ sensor, close }: { sensor: Sensor; close: () => void }) {
  const form = useSensorForm(sensor, close);
  const { decision } = form;
  if (decision?.about === "history") return <HistoryChoice form={form} convertible={decision.convertible} />;
  if (decision?.about === "revision") return <RevisionConflict form={form} current={decision.current} />;
  return (
    <SubmitForm onSubmit={() => !form.incomplete && form.save()} error={form.error}>
      <fieldset disabled={form.saving} className={styles.fields}>
        <SensorFields form={form} />
      </fieldset>
      <Actions does={texts.save} close={close} disabled={form.incomplete} loading={form.saving} />
    </SubmitForm>
  );
}
