import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { Sensor } from "../api/types";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import { texts } from "./texts";

/** To what is computed from samples: totals of the first chosen sensor. */
export function AnalysisLink({ sensor, className }: { sensor: Sensor | undefined; className?: string | undefined }) {
  return (
    <Button
      variant="default"
      className={className}
      component={Link}
      href={useAnalysis(sensor)}
      title={texts.analysisHint}
    >
      {texts.analysis}
    </Button>
  );
}

/** The address of the totals of a sensor, from where tabs lead to the rest. */
export const useAnalysis = (sensor: Sensor | undefined): string =>
  hrefWith(`/t/${useTenant()?.slug}/trends/totals`, { sensor: sensor?.id });

/** To the expression of a calculated series. */
export function CalculatedLink({ sensor }: { sensor: Sensor }) {
  const tenant = useTenant();
  return (
    <Link href={hrefWith(`/t/${tenant?.slug}/trends/calculated`, { series: sensor.id })} title={sensor.description}>
      {sensor.tag}
    </Link>
  );
}
