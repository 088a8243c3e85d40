import { Button } from "@mantine/core";
import { useState } from "react";
import { useMomentOf } from "../moment";
import { useTenant } from "../tenant";
import { CaseForm } from "./CaseForm";
import { useOpenCase } from "./data";
import type { Case, Draft } from "./types";
import { texts } from "./texts";

interface FormProps {
  start: Draft;
  fixed?: { label: string; text: string } | undefined;
  close: () => void;
  opened: (made: Case) => void;
}

/** The form of a new case. */
export function NewCase({ start, fixed, close, opened }: FormProps) {
  const open = useOpenCase();
  return (
    <CaseForm
      title={texts.openCase}
      does={texts.openCase}
      start={start}
      fixed={fixed}
      close={close}
      busy={open.isPending}
      error={open.error}
      submit={(draft) => open.mutate(draft, { onSuccess: opened })}
    />
  );
}

interface ButtonProps {
  start: () => Draft;
  fixed?: { label: string; text: string } | undefined;
  opened?: (made: Case) => void;
  variant?: "default" | "filled";
}

/** Who may change things may open a case, but not in the past. */
export function useMayWork(): boolean {
  const tenant = useTenant();
  const past = useMomentOf((at) => at !== null);
  return tenant !== undefined && tenant.role !== "viewer" && !past;
}

export function OpenCaseButton({ start, fixed, opened, variant = "default" }: ButtonProps) {
  const [asking, setAsking] = useState<Draft | null>(null);
  return (
    <>
      <Button variant={variant} onClick={() => setAsking(start())}>
        {texts.openCaseDots}
      </Button>
      {asking && (
        <NewCase
          start={asking}
          fixed={fixed}
          close={() => setAsking(null)}
          opened={(made) => {
            setAsking(null);
            opened?.(made);
          }}
        />
      )}
    </>
  );
}
