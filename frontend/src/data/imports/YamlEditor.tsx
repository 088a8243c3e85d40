import { useEffect, useRef } from "react";
import type { LineError } from "./mapping";
import styles from "./imports.module.css";
import { texts } from "./texts";

interface Props {
  text: string;
  setText: (text: string) => void;
  error: LineError | null;
}

/** The mapping as text, with numbered lines; a wrong line is marked and the error shown below. */
export function YamlEditor({ text, setText, error }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const count = Math.max(text.split("\n").length, 8);
  const line = error?.line ?? null;
  useEffect(() => {
    if (line === null) return;
    area.current?.parentElement?.scrollTo({ top: Math.max(0, (line - 4) * 18) });
  }, [line]);
  return (
    <div>
      <div className={styles.editor}>
        <ol aria-hidden="true">
          {Array.from({ length: count }, (_, index) => (
            <li key={index} data-wrong={index + 1 === line || undefined} />
          ))}
        </ol>
        <textarea
          ref={area}
          aria-label={texts.mappingYaml}
          aria-invalid={error !== null}
          spellCheck={false}
          wrap="off"
          rows={count}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      {error && (
        <p className={styles.error} role="alert">
          {line !== null && <b>{texts.line(line)}</b>}
          {error.message}
        </p>
      )}
    </div>
  );
}
