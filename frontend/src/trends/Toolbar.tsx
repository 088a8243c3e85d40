import { Button } from "@mantine/core";
import { EventFilter } from "../events";
import { parseDuration } from "../format";
import type { Zone } from "../moment";
import { Segments } from "../ui/Segments";
import { LeftIcon, RightIcon, TreeIcon } from "../ui/icons";
import { AnalysisLink } from "./AnalysisLink";
import { ExportMenu } from "./ExportMenu";
import type { ExportProps } from "./ExportMenu";
import type { Options } from "./options";
import { PRESETS } from "./range";
import type { Range, Span } from "./range";
import { RangePicker } from "./RangePicker";
import type { Mode } from "./state";
import styles from "./trends.module.css";
import { texts } from "./texts";
import { CompareMenu } from "./view/CompareMenu";
import { ViewMenu } from "./view/ViewMenu";

interface Props extends Omit<ExportProps, "zone"> {
  range: Range;
  zone: Zone;
  options: Options;
  setOptions: (changed: Partial<Options>) => void;
  mode: Mode;
  setMode: (mode: Mode) => void;
  preset: (range: Range) => void;
  choose: (span: Span) => void;
  move: (share: number) => void;
  toggleTree: () => void;
}

export function Toolbar(props: Props) {
  const { range, view, zone, options, setOptions, mode, setMode, preset, choose, move, traces, toggleTree } = props;
  const time = options.plot === "time";
  const bandable = time && traces.some((each) => each.sensor.kind === "continuous");
  const drawn = traces.some((each) => each.series?.method === "band") ? "band" : "line";
  const current =
    range.kind === "last" ? PRESETS.find(({ value }) => parseDuration(value) === range.length) : undefined;
  return (
    <div className={styles.toolbar} data-testid="toolbar">
      <Button
        variant="default"
        className={styles.treeButton}
        leftSection={<TreeIcon size={16} />}
        onClick={toggleTree}
        aria-label={`${texts.sensors}: ${texts.selectedOf8(traces.length)}`}
      >
        {texts.selectedOf8(traces.length)}
      </Button>
      <Button variant="default" px={8} aria-label={texts.earlier} title={texts.earlierHint} onClick={() => move(-0.5)}>
        <LeftIcon size={14} />
      </Button>
      <Segments
        label={texts.range}
        value={current?.value ?? null}
        choices={PRESETS}
        onChange={(text) => preset({ kind: "last", length: parseDuration(text)! })}
      >
        <RangePicker range={range} view={view} zone={zone.name} choose={choose} preset={preset} />
      </Segments>
      <Button variant="default" px={8} aria-label={texts.later} title={texts.laterHint} onClick={() => move(0.5)}>
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
            { value: "band", label: texts.bandMean, short: texts.bandShort },
          ]}
        />
      )}
      {bandable && mode !== "auto" && (
        <Button variant="default" className={styles.roomy} onClick={() => setMode("auto")} title={texts.autoHint}>
          {texts.auto}
        </Button>
      )}
      {time && <EventFilter />}
      <AnalysisLink sensor={traces[0]?.sensor} className={traces.length > 0 ? styles.roomy : undefined} />
      {traces.length > 0 && (
        <>
          {time && (
            <CompareMenu
              compare={options.compare}
              view={view}
              zone={zone}
              setCompare={(compare) => setOptions({ compare })}
            />
          )}
          <ViewMenu
            traces={traces}
            options={options}
            setOptions={setOptions}
            mode={bandable ? mode : null}
            setMode={setMode}
          />
          <ExportMenu {...props} zone={zone.name} />
        </>
      )}
    </div>
  );
}
