import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { Sensor } from "../api/types";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import { texts } from "./texts";

/** To what is computed from samples: totals of the first chosen sensor. */
export function AnalysisLink({ sensor }: { sensor: Sensor | undefined }) {
  const tenant = useTenant();
  return (
    <Button
      variant="default"
      component={Link}
      href={hrefWith(`/t/${tenant?.slug}/trends/totals`, { sensor: sensor?.id })}
      title={texts.analysisHint}
    >
      {texts.analysis}
    </Button>
  );
}

/** To the expression of a calculated series. */
export function CalculatedLink({ sensor }: { sensor: Sensor }) {
  const tenant = useTenant();
  return (
    <Link href={hrefWith(`/t/${tenant?.slug}/trends/calculated`, { series: sensor.id })} title={sensor.description}>
      {sensor.tag}
    </Link>
  );
}
