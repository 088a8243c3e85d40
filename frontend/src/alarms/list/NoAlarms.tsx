import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { formatMoment } from "../../format";
import { hrefWith, useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { Empty } from "../../ui/states";
import { readRules } from "../rules/api";
import { texts } from "../texts";

/** Nothing is wrong, or nothing is watched. */
export function NoAlarms({ at }: { at: number | null }) {
  const tenant = useTenant()!;
  const zone = useZone().name;
  const rules = useQuery({
    queryKey: [tenant.slug, "rules", "any"],
    queryFn: ({ signal }) => readRules(undefined, signal, 1),
    staleTime: 30_000,
  });
  if (rules.data?.results.length === 0) {
    const add = (
      <Button component={Link} href={hrefWith(`/t/${tenant.slug}/alarms/rules`)}>
        {texts.toRules}
      </Button>
    );
    return (
      <Empty title={texts.noRules} action={add}>
        {texts.noRulesHint}
      </Empty>
    );
  }
  return (
    <Empty title={texts.noAlarms}>{at === null ? texts.noAlarmsHint : texts.noAlarmsAt(formatMoment(at, zone))}</Empty>
  );
}
