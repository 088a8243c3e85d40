import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { InBar } from "../../../frame";
import { tenantOfPath } from "../../../api/client";
import { useAnnounced } from "../../../stream";
import { readDrafts } from "../api";
import { texts } from "../texts";
import page from "../../page.module.css";
import styles from "./draft.module.css";
import type { DraftState } from "./useDraft";

const REFRESH_MS = 20_000;

/** In the top bar: what is edited, and who else has a draft of it. */
export function EditingBadge({ draft }: { draft: DraftState }) {
  const announced = useAnnounced("schematics", tenantOfPath());
  const drafts = useQuery({
    queryKey: [tenantOfPath(), "drafts", draft.id],
    queryFn: ({ signal }) => readDrafts(draft.id, signal),
    enabled: !draft.isNew,
    refetchInterval: announced(REFRESH_MS),
  });
  const others = drafts.data?.results.filter(({ mine }) => !mine).map(({ author }) => author) ?? [];
  return (
    <>
      <InBar place="crumb">
        <span className={page.crumb}>
          <span className={page.separator}>›</span>
          <button type="button" className={page.switch} title={texts.leave} onClick={draft.close}>
            <span>{draft.name}</span>
          </button>
        </span>
      </InBar>
      <InBar place="actions">
        {others.length > 0 && (
          <span className={styles.others} role="status">
            {texts.others(others.join(", "))}
          </span>
        )}
        <span className={styles.badge} data-testid="editing">
          <b>{texts.badge}</b> <span>{texts.badgeOf(draft.next)}</span>
        </span>
        <Button variant="default" onClick={draft.close}>
          {texts.leave}
        </Button>
      </InBar>
    </>
  );
}
