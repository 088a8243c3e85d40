import { NumberInput } from "@mantine/core";

const asNumber = (value: number | string): number | undefined =>
  value === "" || value === "-" ? undefined : Number(value);

/** A number, empty while it is missing. */
export function NumberField(props: {
  label: string;
  description?: string | undefined;
  value: number | undefined;
  suffix?: string | undefined;
  min?: number | undefined;
  onChange: (value: number | undefined) => void;
}) {
  const { value, onChange, ...rest } = props;
  return <NumberInput {...rest} value={value ?? ""} onChange={(next) => onChange(asNumber(next))} />;
}
