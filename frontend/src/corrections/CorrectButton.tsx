import { Button } from "@mantine/core";
import { Suspense, useState } from "react";
import { useSiteCatalog } from "../catalog";
import { useZone } from "../moment";
import { useSite, useTenant } from "../tenant";
import { texts } from "./texts";
import { lazy } from "../ui/lazy";

const CorrectSamples = lazy(() => import("./CorrectSamples"));

interface Props {
  sensors: string[];
  span: { start: number; end: number } | null;
  label?: string;
}

/** Shown to engineers where wrong samples may be seen. Viewers do not see it. */
export function CorrectButton({ sensors, span, label = texts.correct }: Props) {
  const tenant = useTenant();
  const { catalog } = useSiteCatalog(useSite()?.id);
  const zone = useZone();
  const [open, setOpen] = useState(false);
  if (!tenant || tenant.role === "viewer" || !catalog) return null;
  return (
    <>
      <Button variant="default" title={texts.correctHint} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <CorrectSamples catalog={catalog} sensors={sensors} span={span} zone={zone} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
