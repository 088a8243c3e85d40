import { Button, Modal } from "@mantine/core";
import { useEffect } from "react";
import { ErrorMessage, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import type { RuleContent } from "./api";
import { BacktestPicture } from "./BacktestPicture";
import { texts } from "./texts";
import { useBacktest } from "./useBacktest";

const DAYS = 90;

interface Props {
  rule: RuleContent;
  busy: boolean;
  error: unknown;
  close: () => void;
  confirm: () => void;
}

/** Before a rule is switched on: what it would have raised lately. */
export function SwitchOn({ rule, busy, error, close, confirm }: Props) {
  const { run, tried } = useBacktest(rule);
  const { mutate } = run;
  useEffect(() => mutate(DAYS), [mutate]);
  return (
    <Modal opened onClose={close} title={texts.switchOnTitle(rule.name)} size={620}>
      {tried ? (
        <BacktestPicture tried={tried} />
      ) : run.error ? (
        <>
          <p>{texts.backtestFailed}</p>
          <ErrorMessage error={run.error} />
        </>
      ) : (
        <Loading what={texts.backtesting(DAYS)} />
      )}
      <ErrorMessage error={error} />
      <div className={ui.actions} style={{ marginTop: 16 }}>
        <Button disabled={run.isPending} loading={busy} onClick={confirm}>
          {texts.switchOnDo}
        </Button>
        <Button variant="default" onClick={close}>
          {texts.notYet}
        </Button>
      </div>
    </Modal>
  );
}
