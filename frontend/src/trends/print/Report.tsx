import { useMemo, useState } from "react";
import { useSiteCatalog } from "../../catalog";
import { useWithCalculated } from "../../catalog/calculated";
import { ReportSheet } from "../../frame/report";
import { useMoment, useParam } from "../../moment";
import { useSavedViews } from "../../savedViews";
import { useSite } from "../../tenant";
import { Empty, Loading } from "../../ui/states";
import { writeOptions } from "../options";
import { resolveRange } from "../range";
import { useTrendState } from "../state";
import { texts } from "./texts";
import TrendSection from "./TrendSection";

/** What the trends page shows under the same parameters, as pages to be printed or saved as PDF. */
export default function TrendReport() {
  const site = useSite();
  const catalog = useWithCalculated(useSiteCatalog(site?.id).catalog, site?.id);
  const trend = useTrendState(catalog);
  const { at } = useMoment();
  const [now] = useState(() => Date.now());
  const [view] = useParam("view");
  const named = useSavedViews(site?.id).data?.find(({ id }) => id === view)?.name;
  const { start, end } = resolveRange(trend.range, at, now);
  const span = useMemo(() => ({ start, end }), [start, end]);
  const options = useMemo(() => writeOptions(trend.options), [trend.options]);
  const tags = trend.chosen.map(({ sensor }) => sensor.tag).join(", ");
  return (
    <ReportSheet title={named ?? (tags || texts.trend)} span={span} made={now} back="trends">
      {!catalog ? (
        <Loading />
      ) : trend.chosen.length === 0 ? (
        <Empty title={texts.noSensors} />
      ) : (
        <TrendSection chosen={trend.chosen} span={span} mode={trend.mode} options={options} />
      )}
    </ReportSheet>
  );
}
