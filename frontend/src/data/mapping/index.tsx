import { Button } from "@mantine/core";
import { useMemo } from "react";
import { formatCount } from "../../format";
import { useShortcuts } from "../../keyboard";
import { useParam } from "../../moment";
import { useSite, useTenant } from "../../tenant";
import { ErrorMessage, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { DataPage } from "../DataPage";
import { RuleForm } from "./RuleForm";
import { Rules } from "./Rules";
import { TrialTable } from "./TrialTable";
import { Unmatched } from "./Unmatched";
import { copyOf, insertRule, moveRule, newRule, ruleFor, withRule, withoutRule } from "./draft";
import type { RuleDraft } from "./draft";
import styles from "./mapping.module.css";
import { texts } from "./texts";
import { rowsOf, takenBy } from "./trial";
import { useMapping } from "./useMapping";
import type { MappingState } from "./useMapping";

/** Rules by which what arrives becomes samples of sensors, tried before they are saved. */
export function MappingPage() {
  const tenant = useTenant()!;
  const site = useSite();
  const mapping = useMapping();
  const [chosen, choose] = useParam("rule");
  const { draft, query, trial } = mapping;
  const mayEdit = tenant.role !== "viewer";
  const rows = useMemo(() => (trial.data ? rowsOf(trial.data) : []), [trial.data]);
  const taken = useMemo(() => takenBy(rows), [rows]);
  const open = chosen !== null && draft?.rules[Number(chosen) - 1] ? Number(chosen) : null;
  const rule = open === null ? undefined : draft!.rules[open - 1];

  const insert = (made: RuleDraft, place = draft!.rules.length) => {
    mapping.edit(insertRule(draft!, made, place));
    choose(place + 1);
  };
  const add = () => insert(newRule({ site: site?.slug ?? "" }));
  const remove = () => {
    mapping.edit(withoutRule(draft!, open! - 1));
    choose(null);
  };
  const move = (by: -1 | 1) => () => {
    if (!rule) return false;
    const next = moveRule(draft!, open! - 1, by);
    if (next === draft) return;
    mapping.edit(next);
    choose(open! + by);
  };
  useShortcuts(
    "mapping",
    {
      add,
      save: () => mapping.save(),
      undo: () => mapping.mayUndo && mapping.undo(),
      up: move(-1),
      down: move(1),
      close: () => (rule ? choose(null) : false),
    },
    mayEdit && !!draft,
  );

  if (!draft)
    return (
      <DataPage part="mapping">
        {query.isError ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Loading />}
      </DataPage>
    );
  return (
    <DataPage
      part="mapping"
      inspector={
        rule && (
          <RuleForm
            key={rule.id}
            rule={rule}
            number={open!}
            errors={mapping.errors}
            mayEdit={mayEdit}
            rows={rows.filter((row) => row.field.rule === open)}
            edit={(part, what) => mapping.edit(withRule(draft, open! - 1, part), what && `rules[${open! - 1}].${what}`)}
            duplicate={() => insert(copyOf(rule), open!)}
            remove={remove}
            close={() => choose(null)}
          />
        )
      }
    >
      <Head mapping={mapping} mayEdit={mayEdit} add={add} />
      <Rules
        mapping={mapping}
        open={open}
        setOpen={(number) => choose(number)}
        add={add}
        mayEdit={mayEdit}
        taken={taken}
      />
      <Unmatched mapping={mapping} mayEdit={mayEdit} />
      {mayEdit && trial.data && (
        <TrialTable
          trial={trial.data}
          rows={rows}
          outdated={Object.keys(mapping.errors).length > 0}
          openRule={(number) => choose(number)}
          makeRule={(arrival) => insert(ruleFor(arrival, site?.slug ?? ""))}
        />
      )}
      {mayEdit && trial.error !== null && !trial.data && Object.keys(mapping.errors).length === 0 && (
        <ErrorMessage error={trial.error} />
      )}
    </DataPage>
  );
}

/** What the page is for, what is not saved, and what came of saving. */
function Head({ mapping, mayEdit, add }: { mapping: MappingState; mayEdit: boolean; add: () => void }) {
  const { dirty, errors, current, replayed } = mapping;
  const wrong = Object.keys(errors).length;
  return (
    <>
      <div className={ui.pageHead}>
        <span className={ui.quiet}>{mayEdit ? texts.intro : `${texts.intro} ${texts.viewersOnly}`}</span>
        <span className={ui.grow} />
        {mayEdit && (
          <Button variant="default" onClick={add}>
            {texts.add}
          </Button>
        )}
      </div>
      {dirty && (
        <div className={styles.unsaved} role="region" aria-label={texts.unsaved}>
          <b>{texts.unsaved}</b>
          {wrong > 0 && <span className={ui.bad}>{texts.fixFirst(wrong)}</span>}
          <span className={ui.grow} />
          <Button variant="default" onClick={mapping.undo} disabled={!mapping.mayUndo}>
            {texts.undo}
          </Button>
          <Button variant="default" onClick={mapping.discard}>
            {texts.discard}
          </Button>
          <Button onClick={() => mapping.save()} loading={mapping.saving} disabled={wrong > 0}>
            {texts.save}
          </Button>
        </div>
      )}
      {current && (
        <ErrorMessage>
          <p>{texts.stale}</p>
          <div className={ui.actions}>
            <Button variant="default" onClick={mapping.replaceTheirs}>
              {texts.keepMine}
            </Button>
            <Button variant="default" onClick={mapping.takeTheirs}>
              {texts.takeTheirs}
            </Button>
          </div>
        </ErrorMessage>
      )}
      <ErrorMessage error={mapping.error} />
      {mapping.isSaved && !dirty && (
        <div className={styles.saved} role="status">
          {texts.saved}{" "}
          {replayed &&
            (replayed.letters > 0 || replayed.left > 0) &&
            texts.replayed(formatCount(replayed.letters), replayed.left ? formatCount(replayed.left) : null)}{" "}
          {replayed?.more && (
            <Button variant="default" loading={mapping.replaying} onClick={mapping.replayRest}>
              {texts.replayRest}
            </Button>
          )}
        </div>
      )}
    </>
  );
}
