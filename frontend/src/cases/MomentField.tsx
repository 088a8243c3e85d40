import { TextInput } from "@mantine/core";
import { isoInZone, zonedToMs } from "../format";

interface Props {
  label: string;
  zone: string;
  value: number | null;
  onChange: (ms: number | null) => void;
  description?: string;
  error?: string | false;
}

/** "2026-03-14T16:00" on the zone's clock, as the browser's own picker writes it. */
export const wallText = (ms: number | null, zone: string): string =>
  ms === null ? "" : isoInZone(ms, zone).slice(0, 16);

export function readWall(text: string, zone: string): number | null {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(`${text.slice(0, 16)}Z`) : NaN;
  return Number.isFinite(wall) ? zonedToMs(wall, zone) : null;
}

/** A moment by the browser's own picker, which fits phones. */
export function MomentField({ zone, value, onChange, ...rest }: Props) {
  return (
    <TextInput
      {...rest}
      type="datetime-local"
      value={wallText(value, zone)}
      onChange={(event) => onChange(readWall(event.currentTarget.value, zone))}
    />
  );
}
