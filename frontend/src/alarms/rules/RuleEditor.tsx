import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { tenantOfPath } from "../../api/client";
import { useSite } from "../../tenant";
import { Card } from "../../ui/Card";
import { SubmitForm } from "../../ui/SubmitForm";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { deleteRule } from "./api";
import type { Rule } from "./api";
import { BacktestCard } from "./BacktestCard";
import { DeleteRule } from "./DeleteRule";
import { useNameOf } from "./names";
import { RuleFields } from "./RuleFields";
import { SwitchOn } from "./SwitchOn";
import { Versions } from "./Versions";
import styles from "./rules.module.css";
import { texts } from "./texts";
import { useRule } from "./useRule";
import type { RuleState } from "./useRule";

interface Props {
  rule: Rule | undefined;
  rules: readonly Rule[];
  mayEdit: boolean;
  close: () => void;
  stored: (rule: Rule) => void;
}

/** The form of one rule; beside it what it would have raised, and its versions. */
export function RuleEditor({ rule, rules, mayEdit, close, stored }: Props) {
  const site = useSite();
  const state = useRule(rule, site?.slug ?? "", useNameOf(), stored);
  const [switching, setSwitching] = useState(false);
  const { base, draft, missing } = state;
  return (
    <>
      <div className={styles.bar}>
        <button type="button" className={ui.link} onClick={close}>
          {texts.back}
        </button>
        <h2>{base ? base.name : texts.newRule}</h2>
        {base && <span className={ui.chip}>{base.enabled ? texts.on : texts.off}</span>}
        {base && <span className={ui.quiet}>{texts.versionBy(base.version, base.author)}</span>}
      </div>
      {base?.problem && <ErrorMessage>{texts.problem(base.problem)}</ErrorMessage>}
      <div className={styles.editor}>
        <SubmitForm
          className={styles.form}
          label={texts.rule}
          onSubmit={() => state.changed && missing.length === 0 && state.save.mutate(draft.enabled ?? false)}
        >
          <fieldset disabled={!mayEdit} className={ui.fields}>
            <RuleFields rule={draft} own={base?.id} change={state.change} rules={rules} />
          </fieldset>
          {mayEdit && <Saving state={state} switchOn={() => setSwitching(true)} close={close} />}
        </SubmitForm>
        <div className={styles.beside}>
          <Card title={texts.backtest}>
            <BacktestCard rule={draft} missing={missing} />
          </Card>
          {base && (
            <Card title={texts.versions} flush>
              <Versions rule={base} mayEdit={mayEdit} restore={state.replace} />
            </Card>
          )}
        </div>
      </div>
      {switching && (
        <SwitchOn
          rule={draft}
          busy={state.save.isPending}
          error={state.save.error}
          close={() => setSwitching(false)}
          confirm={() => state.save.mutate(true, { onSuccess: () => setSwitching(false) })}
        />
      )}
    </>
  );
}

interface SavingProps {
  state: RuleState;
  switchOn: () => void;
  close: () => void;
}

function Saving({ state, switchOn, close }: SavingProps) {
  const { base, draft, missing, changed, save, conflict } = state;
  const client = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteRule(base!),
    onSuccess: () => {
      // Not the rule itself and its versions, which are still on the page and no longer there.
      for (const list of ["list", "any"]) void client.invalidateQueries({ queryKey: [tenantOfPath(), "rules", list] });
      close();
    },
  });
  const enabled = draft.enabled ?? false;
  return (
    <div className={styles.saving}>
      {conflict ? (
        <div className={ui.trouble} role="alert">
          <p>{texts.conflict(conflict.version, conflict.author)}</p>
          <div className={ui.actions}>
            <Button variant="default" onClick={state.takeTheirs}>
              {texts.takeTheirs}
            </Button>
            <Button variant="default" onClick={state.keepMine}>
              {texts.keepMine}
            </Button>
          </div>
        </div>
      ) : (
        <ErrorMessage error={save.error} />
      )}
      {base && (
        <TextInput
          label={texts.why}
          placeholder={texts.whyExample}
          maxLength={4_000}
          value={state.note}
          onChange={(event) => state.setNote(event.currentTarget.value)}
        />
      )}
      {missing.length > 0 && <p className={ui.quiet}>{texts.missing(missing.join(", "))}</p>}
      <div className={ui.actions}>
        <Button type="submit" disabled={!changed || missing.length > 0} loading={save.isPending}>
          {base ? texts.save : texts.saveNew}
        </Button>
        {enabled ? (
          <Button variant="default" disabled={!base || missing.length > 0} onClick={() => save.mutate(false)}>
            {texts.switchOff}
          </Button>
        ) : (
          <Button variant="default" disabled={missing.length > 0} onClick={switchOn}>
            {texts.switchOn}
          </Button>
        )}
        {base && changed && (
          <Button variant="default" onClick={state.undo}>
            {texts.undo}
          </Button>
        )}
        {base && (
          <Button variant="default" onClick={() => setDeleting(true)}>
            {texts.remove}
          </Button>
        )}
      </div>
      {deleting && base && (
        <DeleteRule
          rule={base}
          close={() => setDeleting(false)}
          remove={() => remove.mutate()}
          isPending={remove.isPending}
          error={remove.error}
        />
      )}
    </div>
  );
}
