import { TextInput } from "@mantine/core";
import { useState } from "react";
import { durationName, parseDuration } from "../../format";
import { texts } from "./texts";

interface Props {
  label: string;
  hint?: string;
  value: number;
  onChange: (seconds: number) => void;
}

const textOf = (seconds: number) => (seconds > 0 ? durationName(seconds * 1_000) : "0\u202fs");

/** A duration as one writes it: 30 s, 5 min, 2 h. */
export function SecondsInput({ label, hint, value, onChange }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const parse = (text: string) => (/^\s*0?\s*s?\s*$/.test(text) ? 0 : parseDuration(text));
  const wrong = typed !== null && parse(typed) === null;
  return (
    <TextInput
      label={label}
      description={hint}
      value={typed ?? textOf(value)}
      error={wrong && texts.durationError}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const ms = parse(text);
        if (ms !== null) onChange(ms / 1_000);
      }}
      onBlur={() => !wrong && setTyped(null)}
    />
  );
}
