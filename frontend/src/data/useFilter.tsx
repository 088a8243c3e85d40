import { TextInput } from "@mantine/core";
import { wordsOf } from "../catalog/tree";
import { useParam } from "../moment";
import styles from "./data.module.css";

export function useFilter() {
  const [text, setText] = useParam("q");
  const field = (label: string) => (
    <TextInput
      data-filter
      className={styles.filter}
      aria-label={label}
      placeholder={label}
      value={text ?? ""}
      onChange={(event) => setText(event.currentTarget.value || null)}
    />
  );
  return { words: wordsOf(text ?? ""), field };
}
