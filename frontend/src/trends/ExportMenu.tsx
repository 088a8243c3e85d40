import { Button, Menu } from "@mantine/core";
import type { RefObject } from "react";
import { useState } from "react";
import { errorText } from "../api/problem";
import type { Site } from "../api/types";
import type { Panel } from "./chart/panel";
import { saveCsv, saveRawCsv, toCsv } from "./export/csv";
import { savePng } from "./export/png";
import type { Mark } from "./export/png";
import type { Trace } from "./lanes";
import type { Exported } from "./plots/useExport";
import type { Span } from "./range";
import styles from "./trends.module.css";
import { texts } from "./texts";

export interface ExportProps {
  traces: Trace[];
  view: Span;
  zone: string;
  site: Site | undefined;
  panels: RefObject<Panel[]>;
  exportedRef: Exported;
  /** Of the range that is compared, in ms. */
  shift: number;
  marks: Mark[];
  note: string;
}

export function ExportMenu({ traces, view, zone, site, panels, exportedRef, shift, marks, note }: ExportProps) {
  const [failed, setFailed] = useState<unknown>(null);
  const name = `${site?.slug ?? "trend"} ${new Date(view.start).toISOString().slice(0, 16).replace(":", "")}`;
  const saveShown = () => saveCsv(exportedRef.current?.() ?? toCsv(traces, shift), name);
  const saveRaw = () => {
    setFailed(null);
    saveRawCsv(traces, view, name).catch(setFailed);
  };
  const saveImage = () => savePng({ panels: panels.current, traces, span: view, zone, marks, note }, name);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">{texts.export}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={saveShown}>{texts.csvDisplayed}</Menu.Item>
          <Menu.Item onClick={saveRaw}>{texts.csvRaw}</Menu.Item>
          <Menu.Item onClick={() => void saveImage()}>{texts.png}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {failed !== null && (
        <span className={styles.failed} role="alert">
          {texts.exportFailed(errorText(failed))}
        </span>
      )}
    </>
  );
}
