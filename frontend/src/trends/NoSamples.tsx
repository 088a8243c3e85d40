import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, unwrap, tenantOfPath } from "../api/client";
import type { Sensor } from "../api/types";
import { formatMoment } from "../format";
import { Empty } from "../ui/states";
import type { Span } from "./range";
import { texts } from "./texts";

interface Props {
  sensors: Sensor[];
  view: Span;
  zone: string;
  choose: (span: Span) => void;
}

/** For an empty range: where data can be found instead. */
export function NoSamples({ sensors, view, zone, choose }: Props) {
  const ids = sensors.map((each) => each.id).join();
  const latest = useQuery({
    queryKey: [tenantOfPath(), "latest", ids],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/values", { params: { query: { sensors: ids } }, signal })),
  });
  const times = latest.data?.values.flatMap((each) => (each.t === null ? [] : [each.t])) ?? [];
  const last = times.length ? Math.max(...times) : null;
  // No longer than a shift: a year with one morning in it would show a line.
  const length = Math.min(view.end - view.start, 8 * 3_600_000);
  return (
    <Empty
      title={texts.noSamplesTitle}
      action={
        last !== null && (
          <Button onClick={() => choose({ start: last - length * 0.95, end: last + length * 0.05 })}>
            {texts.goToLastSamples(formatMoment(last, zone, false))}
          </Button>
        )
      }
    >
      {last !== null
        ? texts.noSamplesFromTo(formatMoment(view.start, zone, false), formatMoment(view.end, zone, false))
        : latest.isSuccess
          ? texts.noSamplesAtAll
          : texts.noSamplesDetail}
    </Empty>
  );
}
