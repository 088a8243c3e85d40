import { TextInput } from "@mantine/core";
import { useState } from "react";

interface Props {
  label: string;
  value: number;
  onChange: (value: number) => void;
}

/** A number that counts once it is complete: on Enter, or when the field is left. */
export function NumberField({ label, value, onChange }: Props) {
  const [text, setText] = useState<string | null>(null);
  const finish = () => {
    const typed = Number(text);
    if (text !== null && text.trim() !== "" && Number.isFinite(typed) && typed !== value) onChange(typed);
    setText(null);
  };
  return (
    <TextInput
      aria-label={label}
      leftSection={label}
      leftSectionWidth={label.length > 1 ? 50 : 22}
      inputMode="numeric"
      value={text ?? String(Math.round(value * 10) / 10)}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => event.key === "Enter" && finish()}
    />
  );
}
