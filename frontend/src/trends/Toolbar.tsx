import { Button, Menu } from "@mantine/core";
import type { RefObject } from "react";
import type uPlot from "uplot";
import type { Site } from "../api/types";
import { EventFilter } from "../events";
import { parseDuration } from "../format";
import { Segments } from "../ui/Segments";
import { LeftIcon, RightIcon, TreeIcon } from "../ui/icons";
import { AnalysisLink } from "./AnalysisLink";
import { saveCsv, saveRawCsv } from "./export/csv";
import { savePng } from "./export/png";
import type { Trace } from "./lanes";
import { PRESETS } from "./range";
import type { Range, Span } from "./range";
import { RangePicker } from "./RangePicker";
import type { Mode } from "./state";
import styles from "./trends.module.css";
import { texts } from "./texts";

interface Props {
  range: Range;
  view: Span;
  zone: string;
  mode: Mode;
  setMode: (mode: Mode) => void;
  preset: (range: Range) => void;
  choose: (span: Span) => void;
  shift: (share: number) => void;
  traces: Trace[];
  plots: RefObject<uPlot[]>;
  site: Site | undefined;
  toggleTree: () => void;
}

export function Toolbar(props: Props) {
  const { range, view, zone, mode, setMode, preset, choose, shift, traces, toggleTree } = props;
  const bandable = traces.some((each) => each.sensor.kind === "continuous");
  const drawn = traces.some((each) => each.series?.method === "band") ? "band" : "line";
  const current =
    range.kind === "last" ? PRESETS.find(({ value }) => parseDuration(value) === range.length) : undefined;
  return (
    <div className={styles.toolbar}>
      <Button
        variant="default"
        className={styles.treeButton}
        leftSection={<TreeIcon size={16} />}
        onClick={toggleTree}
        aria-label={`${texts.sensors}: ${texts.selectedOf8(traces.length)}`}
      >
        {texts.selectedOf8(traces.length)}
      </Button>
      <Button variant="default" px={8} aria-label={texts.earlier} title={texts.earlierHint} onClick={() => shift(-0.5)}>
        <LeftIcon size={14} />
      </Button>
      <Segments
        label={texts.range}
        value={current?.value ?? null}
        choices={PRESETS}
        onChange={(text) => preset({ kind: "last", length: parseDuration(text)! })}
      >
        <RangePicker range={range} view={view} zone={zone} choose={choose} preset={preset} />
      </Segments>
      <Button variant="default" px={8} aria-label={texts.later} title={texts.laterHint} onClick={() => shift(0.5)}>
        <RightIcon size={14} />
      </Button>
      <span className={styles.grow} />
      {bandable && (
        <Segments
          label={texts.display}
          value={mode === "auto" ? drawn : mode}
          onChange={setMode}
          choices={[
            { value: "line", label: texts.line },
            { value: "band", label: texts.bandMean },
          ]}
        />
      )}
      {bandable && mode !== "auto" && (
        <Button variant="default" onClick={() => setMode("auto")} title={texts.autoHint}>
          {texts.auto}
        </Button>
      )}
      <EventFilter />
      <AnalysisLink sensor={traces[0]?.sensor} />
      {traces.length > 0 && <ExportMenu {...props} />}
    </div>
  );
}

function ExportMenu({ traces, view, zone, plots, site }: Props) {
  const name = `${site?.slug ?? "trend"} ${new Date(view.start).toISOString().slice(0, 16).replace(":", "")}`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">{texts.export}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => saveCsv(traces, name)}>{texts.csvDisplayed}</Menu.Item>
        <Menu.Item onClick={() => void saveRawCsv(traces, view, name)}>{texts.csvRaw}</Menu.Item>
        <Menu.Item onClick={() => void savePng(plots.current ?? [], traces, view, zone, name)}>{texts.png}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
