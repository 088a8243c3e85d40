import { Autocomplete, Select, TextInput } from "@mantine/core";
import { useSites } from "../../tenant";
import { Segments } from "../../ui/Segments";
import ui from "../../ui/ui.module.css";
import { ColumnTable } from "./ColumnTable";
import type { Head } from "./head";
import { viewOf, withLayout, withValue } from "./mapping";
import styles from "./imports.module.css";
import { texts } from "./texts";

const LAYOUTS = [
  { value: "wide", label: texts.oneColumnPerSensor },
  { value: "long", label: texts.oneRowPerSample },
] as const;
const DECIMALS = [
  { value: ".", label: texts.point },
  { value: ",", label: texts.comma },
];

interface Props {
  text: string;
  setText: (text: string) => void;
  head: Head | null;
}

/** The common part of a mapping as fields. It edits the text, so everything else in it is kept. */
export function MappingForm({ text, setText, head }: Props) {
  const sites = useSites().data ?? [];
  const view = viewOf(text);
  const put = (path: string[]) => (value: string | null) => setText(withValue(text, path, value ?? ""));
  const column = (label: string, path: string[], placeholder: string, required = false) => (
    <Autocomplete
      label={label}
      withAsterisk={required}
      placeholder={placeholder}
      data={[...new Set(head?.columns ?? [])]}
      limit={50}
      value={view.text(path)}
      onChange={(value) => setText(withValue(text, path, severalOf(value, head)))}
    />
  );
  const site = sites.find((each) => each.slug === view.site || each.id === view.site);
  return (
    <>
      <div className={styles.layout}>
        <Segments
          label={texts.form}
          value={view.layout}
          choices={LAYOUTS}
          onChange={(layout) => setText(withLayout(text, layout))}
        />
        <span className={ui.quiet}>{view.layout === "wide" ? texts.wideHint : texts.longHint}</span>
      </div>
      <div className={styles.fields}>
        <Select
          label={texts.site}
          data={sites.map((each) => ({ value: each.slug, label: each.name }))}
          value={site?.slug ?? null}
          onChange={put(["site"])}
        />
        {view.layout === "long" && (
          <>
            {column(texts.sensorColumn, ["sensor_column"], texts.sensorColumnHint, true)}
            {column(texts.valueColumn, ["value_column"], texts.valueColumnHint, true)}
            {column(texts.qualityColumn, ["quality_column"], texts.none)}
          </>
        )}
        {column(texts.timeColumn, ["time", "column"], head?.columns[0] ?? texts.firstColumn)}
        <TextInput
          label={texts.timeZone}
          placeholder={site?.timezone ?? "UTC"}
          value={view.text(["time", "zone"])}
          onChange={(event) => put(["time", "zone"])(event.currentTarget.value)}
        />
        <TextInput
          label={texts.timeFormat}
          placeholder={texts.timeFormatHint}
          value={view.text(["time", "format"])}
          onChange={(event) => put(["time", "format"])(event.currentTarget.value)}
        />
        <Select
          label={texts.decimalSeparator}
          data={DECIMALS}
          value={view.text(["decimal"]) || "."}
          onChange={(value) => put(["decimal"])(value === "." ? "" : value)}
        />
      </div>
      <ColumnTable text={text} setText={setText} head={head} site={site?.id} />
    </>
  );
}

/** "Date, Time" means two columns, unless one is called so. */
function severalOf(value: string, head: Head | null): string | string[] {
  const parts = value.split(", ").map((part) => part.trim());
  return parts.length > 1 && !head?.columns.includes(value) && parts.every(Boolean) ? parts : value;
}
