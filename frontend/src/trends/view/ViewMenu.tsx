import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useAnalysis } from "../AnalysisLink";
import type { Trace } from "../lanes";
import type { Options } from "../options";
import type { Mode } from "../state";
import { texts } from "../texts";
import { LimitsDialog } from "./LimitsDialog";

interface Props {
  traces: Trace[];
  options: Options;
  setOptions: (changed: Partial<Options>) => void;
  /** Null if there is nothing to choose. */
  mode: Mode | null;
  setMode: (mode: Mode) => void;
}

/** How the sensors are shown: which plot, lanes, scale, lines, ranges and limits; and what is computed from them. */
export function ViewMenu({ traces, options, setOptions, mode, setMode }: Props) {
  const analysis = useAnalysis(traces[0]?.sensor);
  const [limitsOpen, setLimitsOpen] = useState(false);
  const time = options.plot === "time";
  return (
    <>
      <Menu position="bottom-end" closeOnItemClick={false}>
        <Menu.Target>
          <Button variant="default">{texts.view}</Button>
        </Menu.Target>
        <Menu.Dropdown mah="80vh" style={{ overflowY: "auto" }}>
          <Menu.Label>{texts.plot}</Menu.Label>
          <Menu.RadioGroup value={options.plot} onChange={(plot) => setOptions({ plot: plot as Options["plot"] })}>
            <Menu.RadioItem value="time">{texts.plotTime}</Menu.RadioItem>
            <Menu.RadioItem value="xy">{texts.plotXy}</Menu.RadioItem>
            <Menu.RadioItem value="histogram">{texts.plotHistogram}</Menu.RadioItem>
            <Menu.RadioItem value="duration">{texts.plotDuration}</Menu.RadioItem>
          </Menu.RadioGroup>
          {mode !== null && (
            <>
              <Menu.Divider />
              <Menu.Label>{texts.display}</Menu.Label>
              <Menu.RadioGroup value={mode} onChange={(chosen) => setMode(chosen as Mode)}>
                <Menu.RadioItem value="auto">{texts.auto}</Menu.RadioItem>
                <Menu.RadioItem value="line">{texts.line}</Menu.RadioItem>
                <Menu.RadioItem value="band">{texts.bandMean}</Menu.RadioItem>
              </Menu.RadioGroup>
            </>
          )}
          {time && (
            <>
              <Menu.Divider />
              <Menu.Label>{texts.lanes}</Menu.Label>
              <Menu.RadioGroup
                value={options.layout}
                onChange={(layout) => setOptions({ layout: layout as Options["layout"] })}
              >
                <Menu.RadioItem value="unit">{texts.laneUnit}</Menu.RadioItem>
                <Menu.RadioItem value="sensor">{texts.laneSensor}</Menu.RadioItem>
                <Menu.RadioItem value="shared">{texts.laneShared}</Menu.RadioItem>
              </Menu.RadioGroup>
              <Menu.Divider />
              <Menu.CheckboxItem checked={options.log} onChange={(log) => setOptions({ log })}>
                {texts.logScale}
              </Menu.CheckboxItem>
              <Menu.CheckboxItem checked={options.steps} onChange={(steps) => setOptions({ steps })}>
                {texts.stepLines}
              </Menu.CheckboxItem>
              <Menu.CheckboxItem checked={options.ranges} onChange={(ranges) => setOptions({ ranges })}>
                {texts.sensorRanges}
              </Menu.CheckboxItem>
              <Menu.Item closeMenuOnClick onClick={() => setLimitsOpen(true)}>
                {texts.limits}
              </Menu.Item>
            </>
          )}
          <Menu.Divider />
          <Menu.Item component={Link} href={analysis}>
            {texts.analysisHint}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {limitsOpen && (
        <LimitsDialog
          traces={traces}
          limits={options.limits}
          save={(limits) => setOptions({ limits })}
          close={() => setLimitsOpen(false)}
        />
      )}
    </>
  );
}
