import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { contentOf, deleteRoute, putRoute } from "./api";
import type { Route, RouteContent } from "./api";
import { useChannels } from "./data";
import { missingOfRoute, newRoute } from "./draft";
import styles from "./notifications.module.css";
import { RouteFields } from "./RouteFields";
import { Saving } from "./Saving";
import { texts } from "./texts";
import { useDraft } from "./useDraft";

interface Props {
  route: Route | undefined;
  /** Where a new one is put. */
  place: number;
  mayEdit: boolean;
  close: () => void;
  stored: (route: Route) => void;
}

export function RouteEditor({ route, place, mayEdit, close, stored }: Props) {
  const state = useDraft<RouteContent, Route>({ put: putRoute, contentOf }, route, () => newRoute(place), stored);
  const { base, draft } = state;
  const channels = useChannels().data ?? [];
  const browsers = new Set(channels.filter(({ settings }) => settings.kind === "push").map(({ id }) => id));
  const missing = missingOfRoute(draft, browsers);
  return (
    <>
      <div className={styles.bar}>
        <button type="button" className={ui.link} onClick={close}>
          {texts.back}
        </button>
        <h2>{base ? base.name : texts.newRoute}</h2>
        {base && !base.enabled && <span className={ui.chip}>{texts.off}</span>}
        {base && <span className={ui.quiet}>{texts.changedBy(base.changed_by)}</span>}
        {!mayEdit && <span className={ui.quiet}>{texts.adminsOnly}</span>}
      </div>
      <SubmitForm
        className={styles.form}
        label={texts.route}
        onSubmit={() => state.changed && missing.length === 0 && state.save.mutate()}
      >
        <fieldset disabled={!mayEdit} className={ui.fields}>
          <RouteFields route={draft} change={state.change} />
        </fieldset>
        {mayEdit && <Saving state={state} missing={missing} remove={deleteRoute} removed={close} />}
      </SubmitForm>
    </>
  );
}
