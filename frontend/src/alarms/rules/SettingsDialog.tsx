import { Modal, NumberInput, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { tenantOfPath } from "../../api/client";
import { PRIORITIES } from "../../alarmData";
import type { Priority } from "../../alarmData";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { ErrorMessage, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { CONSEQUENCES, URGENCIES, changeSettings, readSettings } from "./api";
import type { Settings } from "./api";
import styles from "./rules.module.css";
import { texts } from "./texts";

interface Props {
  mayEdit: boolean;
  close: () => void;
}

/** Which priority follows from consequence and time to respond, and how long the journal is kept. */
export function SettingsDialog(props: Props) {
  const { data, error } = useQuery({
    queryKey: [tenantOfPath(), "alarm settings"],
    queryFn: ({ signal }) => readSettings(signal),
  });
  return (
    <Modal opened onClose={props.close} title={texts.settingsTitle} size={720}>
      {error ? <ErrorMessage error={error} /> : data ? <Form settings={data} {...props} /> : <Loading />}
    </Modal>
  );
}

function Form({ settings, mayEdit, close }: Props & { settings: Settings }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(settings);
  const save = useMutation({
    mutationFn: () => changeSettings(draft),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: [tenantOfPath()] });
      close();
    },
  });
  const set = (consequence: (typeof CONSEQUENCES)[number], urgency: (typeof URGENCIES)[number], to: Priority) =>
    setDraft((old) => ({
      ...old,
      matrix: { ...old.matrix, [consequence]: { ...old.matrix[consequence], [urgency]: to } },
    }));
  return (
    <SubmitForm onSubmit={() => save.mutate()} error={save.error}>
      <fieldset disabled={!mayEdit} className={ui.fields}>
        <p className={ui.quiet}>{mayEdit ? texts.matrixHint : texts.matrixAdmins}</p>
        <div className={ui.scrollX}>
          <table className={styles.matrix}>
            <thead>
              <tr>
                <th scope="col">{texts.consequence}</th>
                {URGENCIES.map((urgency) => (
                  <th key={urgency} scope="col">
                    {texts.urgencies[urgency]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {CONSEQUENCES.map((consequence) => (
                <tr key={consequence}>
                  <th scope="row">{texts.consequences[consequence]}</th>
                  {URGENCIES.map((urgency) => (
                    <td key={urgency}>
                      <Select
                        aria-label={`${texts.consequences[consequence]}, ${texts.urgencies[urgency]}`}
                        data={PRIORITIES.map((each) => ({ value: String(each), label: String(each) }))}
                        value={String(draft.matrix[consequence][urgency])}
                        allowDeselect={false}
                        onChange={(value) => value && set(consequence, urgency, Number(value) as Priority)}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <NumberInput
          label={texts.journalDays}
          description={texts.journalDaysHint}
          min={1}
          max={36_500}
          allowDecimal={false}
          value={draft.journal_days ?? ""}
          onChange={(value) => setDraft((old) => ({ ...old, journal_days: value === "" ? null : Number(value) }))}
        />
      </fieldset>
      {mayEdit && <Actions does={texts.save} close={close} loading={save.isPending} />}
    </SubmitForm>
  );
}
