import { Button } from "@mantine/core";
import type { DragEvent } from "react";
import { useRef, useState } from "react";
import { formatBytes, formatCount } from "../../format";
import ui from "../../ui/ui.module.css";
import styles from "./imports.module.css";
import { texts } from "./texts";

export const MAX_FILES = 2000;
const byName = (a: File, b: File) => a.name.localeCompare(b.name, "en", { numeric: true });

interface Props {
  files: File[];
  setFiles: (files: File[]) => void;
}

/** Files by drag and drop or dialog, sorted by name, which is almost always chronological. */
export function FileDrop({ files, setFiles }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const add = (more: FileList | null) => {
    const known = new Set(files.map((file) => `${file.name} ${file.size}`));
    const fresh = [...(more ?? [])].filter((file) => !known.has(`${file.name} ${file.size}`));
    if (fresh.length) setFiles([...files, ...fresh].sort(byName));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <div
      className={styles.drop}
      data-over={over || undefined}
      onDragOver={drag}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={texts.files}
        onChange={(event) => {
          add(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      <div className={styles.dropHead}>
        <Button variant="default" onClick={() => input.current?.click()}>
          {files.length ? texts.addFiles : texts.selectFiles}
        </Button>
        <span className={ui.quiet}>
          {files.length === 0
            ? texts.dropHint(formatCount(MAX_FILES))
            : texts.fileTotal(formatCount(files.length), files.length === 1, formatBytes(total))}
        </span>
        <span className={ui.grow} />
        {files.length > 0 && (
          <button type="button" className={ui.link} onClick={() => setFiles([])}>
            {texts.removeAll}
          </button>
        )}
      </div>
      {files.length > 0 && (
        <ul className={styles.files} aria-label={texts.selectedFiles}>
          {files.slice(0, 200).map((file) => (
            <li key={`${file.name} ${file.size}`}>
              <span title={file.name}>{file.name}</span>
              <span className={ui.quiet}>{formatBytes(file.size)}</span>
              <button
                type="button"
                className={styles.remove}
                aria-label={texts.remove(file.name)}
                onClick={() => setFiles(files.filter((each) => each !== file))}
              >
                ×
              </button>
            </li>
          ))}
          {files.length > 200 && <li className={ui.quiet}>{texts.andMore(formatCount(files.length - 200))}</li>}
        </ul>
      )}
      {files.length > MAX_FILES && <p className={styles.error}>{texts.tooManyFiles(formatCount(MAX_FILES))}</p>}
    </div>
  );
}
