import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Flow } from "../../api/types";
import { InspectorSection } from "../../frame";
import { useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { ErrorMessage } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import styles from "./flow.module.css";
import { SourceForm } from "./SourceForm";
import { changeSource, deleteSource, tokenNames, useSource, useTokens } from "./sources";
import { texts } from "./texts";

interface Props {
  flow: Flow["sources"][number];
  title: string;
  mayEdit: boolean;
  watch: () => void;
  close: () => void;
}

/** A source is paused, resumed, changed and deleted here; and who it is. */
export function SourceActions({ flow, title, mayEdit, watch, close }: Props) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const source = useSource(flow.id).data;
  const [asking, ask] = useState<"change" | "pause" | "delete" | null>(null);
  const refresh = () =>
    Promise.all(["flow", "sources"].map((what) => client.invalidateQueries({ queryKey: [tenant.slug, what] })));
  const settled = { onSuccess: () => ask(null), onSettled: refresh };
  const pause = useMutation({ mutationFn: (paused: boolean) => changeSource(flow.id, { paused }), ...settled });
  const remove = useMutation({
    mutationFn: () => deleteSource(flow.id),
    onSuccess: close,
    onSettled: refresh,
  });
  const isKind = flow.id === flow.kind;
  const names = tokenNames(useTokens(mayEdit && !isKind));
  return (
    <div className={styles.source}>
      {flow.paused && (
        <p role="status">
          {texts.pausedBy(flow.paused.by)} <Ago ms={flow.paused.since} />.{" "}
          {flow.paused.reason ? texts.stoppedWhy(flow.paused.reason) : texts.pausedWhy}
        </p>
      )}
      {mayEdit && (
        <div className={ui.actions}>
          {flow.paused ? (
            <Button loading={pause.isPending} onClick={() => pause.mutate(false)}>
              {texts.resume}
            </Button>
          ) : (
            <Button variant="default" onClick={() => ask("pause")}>
              {texts.pause}
            </Button>
          )}
          <Button variant="default" onClick={watch}>
            {texts.watch}
          </Button>
          <Button variant="default" disabled={!source} onClick={() => ask("change")}>
            {texts.change}
          </Button>
          {!isKind && (
            <Button variant="default" onClick={() => ask("delete")}>
              {texts.deleteSource}
            </Button>
          )}
        </div>
      )}
      {!asking && <ErrorMessage error={pause.error} />}
      {source?.description && <p>{source.description}</p>}
      {source && !isKind && (
        <InspectorSection title={texts.tokens}>
          {source.tokens.length === 0 ? (
            <p className={ui.quiet}>{texts.noTokens}</p>
          ) : (
            source.tokens.map((token) => (
              <p key={token}>
                {names.get(token)} <code>{token}</code>
              </p>
            ))
          )}
        </InspectorSection>
      )}
      {asking === "change" && source && <SourceForm source={source} close={() => ask(null)} done={() => ask(null)} />}
      {asking === "pause" && (
        <Modal opened onClose={() => ask(null)} title={texts.pauseSure(title)} size={440}>
          <SubmitForm onSubmit={() => pause.mutate(true)} error={pause.error}>
            <p>{texts.pauseWhy}</p>
            <Actions does={texts.pauseNow} close={() => ask(null)} loading={pause.isPending} />
          </SubmitForm>
        </Modal>
      )}
      {asking === "delete" && (
        <Modal opened onClose={() => ask(null)} title={texts.deleteSure(title)} size={440}>
          <SubmitForm onSubmit={() => remove.mutate()} error={remove.error}>
            <p>{texts.deleteWhy}</p>
            <Actions does={texts.deleteNow} close={() => ask(null)} danger loading={remove.isPending} />
          </SubmitForm>
        </Modal>
      )}
    </div>
  );
}
