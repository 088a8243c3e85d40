import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Actions } from "../../ui/Actions";
import { Loading } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { startRollout, useOptions } from "../api";
import { GATE, NumberFields } from "../fields";
import type { Numbers } from "../fields";
import { gateLine } from "../rollout";
import { texts } from "./texts";

interface Props {
  release: string;
  close: () => void;
  started: (id: string) => void;
}

/** Ring by ring, under a gate. */
export function StartRollout({ release, close, started }: Props) {
  const client = useQueryClient();
  const usual = useOptions().data?.gate;
  const [own, setOwn] = useState<Numbers>();
  const gate = own ?? usual;
  const start = useMutation({
    mutationFn: () => startRollout(release, gate ?? {}),
    onSuccess: (rollout) => {
      void client.invalidateQueries({ queryKey: ["rollouts"] });
      void client.invalidateQueries({ queryKey: ["tenants"] });
      close();
      started(rollout.id);
    },
  });
  const submit = () => start.mutate();
  return (
    <Modal opened onClose={close} title={texts.rollOutRelease(release)} size={520}>
      {!gate ? (
        <Loading />
      ) : (
        <SubmitForm onSubmit={submit} error={start.error}>
          <p className={ui.quiet}>{texts.rolloutHint}</p>
          <NumberFields title={texts.gate} names={GATE} values={gate} onChange={setOwn} />
          <p className={ui.sub}>{gateLine(gate)}</p>
          <Actions does={texts.start} close={close} loading={start.isPending} />
        </SubmitForm>
      )}
    </Modal>
  );
}
