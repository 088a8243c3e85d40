import type { ComboboxItem, OptionsFilter } from "@mantine/core";

const SHOWN = 40;

/** Options of a picker that contain what was typed, those that begin with it first. `last`: listed after all others. */
export const bestFirst =
  (last: (option: ComboboxItem) => boolean = () => false): OptionsFilter =>
  ({ options, search }) => {
    const wanted = search.trim().toLowerCase();
    const fitting = options.filter(
      (option): option is ComboboxItem => "value" in option && option.label.toLowerCase().includes(wanted),
    );
    const begins = (option: ComboboxItem) => option.label.toLowerCase().startsWith(wanted);
    const found = fitting.filter((option) => !last(option));
    const ordered = [...found.filter(begins), ...found.filter((option) => !begins(option))];
    return [...ordered.slice(0, SHOWN), ...fitting.filter(last)];
  };
