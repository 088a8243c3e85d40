import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { errorText } from "../../api/problem";
import { formatBytes, formatCount } from "../../format";
import { Card } from "../../ui/Card";
import { Segments } from "../../ui/Segments";
import { ErrorMessage } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import { save } from "../../ui/save";
import ui from "../../ui/ui.module.css";
import { sendImport } from "../../api/imports";
import { FileDrop, MAX_FILES } from "./FileDrop";
import { peek } from "./head";
import type { Head } from "./head";
import { lineOf, missing, syntaxError, viewOf } from "./mapping";
import type { LineError } from "./mapping";
import { MappingForm } from "./MappingForm";
import { YamlEditor } from "./YamlEditor";
import styles from "./imports.module.css";
import { texts } from "./texts";

/** Files and their mapping; kept when the page is left, so that a mapping can be corrected after a dry run. */
export interface Draft {
  files: File[];
  text: string;
}

interface Props {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  close: () => void;
  started: (id: string) => void;
}

const VIEWS = [
  { value: "form", label: texts.form },
  { value: "yaml", label: texts.yaml },
] as const;

export default function NewImport({ draft, setDraft, close, started }: Props) {
  const { files, text } = draft;
  const [shown, setShown] = useState<"form" | "yaml">("form");
  const head = useHead(files[0]);
  const abort = useRef<AbortController>(null);
  const send = useMutation({
    mutationFn: (dryRun: boolean) => {
      abort.current = new AbortController();
      return sendImport({ files, mapping: text, dryRun, signal: abort.current.signal });
    },
    onSuccess: ({ id }) => started(id),
  });
  const setText = (next: string) => {
    send.reset();
    setDraft({ files, text: next });
  };
  const syntax = useMemo(() => syntaxError(text), [text]);
  const stopped = send.error instanceof DOMException;
  const refused: LineError | null =
    send.error && !stopped ? { line: lineOf(text, errorText(send.error)), message: errorText(send.error) } : null;
  const lacks = syntax ? null : missing(viewOf(text));
  const ready = files.length > 0 && files.length <= MAX_FILES && !syntax && !lacks;
  const submit = () => {
    if (ready) send.mutate(true);
  };
  const view = syntax ? "yaml" : shown;
  return (
    <Card
      title={texts.importHistory}
      aside={
        <Button variant="default" onClick={close}>
          {texts.close}
        </Button>
      }
    >
      <SubmitForm onSubmit={submit}>
        <FileDrop files={files} setFiles={(next) => setDraft({ files: next, text })} />
        <div className={styles.mappingHead}>
          <h3>{texts.mapping}</h3>
          <Segments label={texts.mappingAs} value={view} choices={VIEWS} onChange={setShown} />
          <span className={ui.grow} />
          <LoadMapping load={setText} />
          <Button
            variant="default"
            onClick={() => save(new Blob([text], { type: "application/yaml" }), "mapping.yaml")}
          >
            {texts.saveMapping}
          </Button>
        </div>
        {view === "form" ? (
          <>
            <MappingForm text={text} setText={setText} head={head} />
            {refused && (
              <ErrorMessage>
                {refused.message}{" "}
                {refused.line !== null && (
                  <button type="button" className={ui.link} onClick={() => setShown("yaml")}>
                    {texts.showLine(refused.line)}
                  </button>
                )}
              </ErrorMessage>
            )}
          </>
        ) : (
          <YamlEditor text={text} setText={setText} error={syntax ?? refused} />
        )}
        <div className={`${ui.actions} ${styles.actions}`}>
          <Button type="submit" loading={send.isPending} disabled={!ready}>
            {texts.dryRun}
          </Button>
          <Button variant="default" disabled={!ready || send.isPending} onClick={() => send.mutate(false)}>
            {texts.importDirectly}
          </Button>
          {send.isPending ? (
            <>
              <Button variant="default" onClick={() => abort.current?.abort()}>
                {texts.stopUpload}
              </Button>
              <span className={ui.quiet} role="status">
                {texts.uploading(
                  texts.fileTotal(
                    formatCount(files.length),
                    files.length === 1,
                    formatBytes(files.reduce((sum, file) => sum + file.size, 0)),
                  ),
                )}
              </span>
            </>
          ) : (
            <span className={ui.quiet}>
              {files.length === 0 ? texts.selectFilesFirst : (lacks ?? texts.dryRunHint)}
            </span>
          )}
        </div>
      </SubmitForm>
    </Card>
  );
}

function LoadMapping({ load }: { load: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".yaml,.yml,.json,text/yaml,application/json"
        aria-label={texts.mappingFile}
        onChange={(event) => {
          void event.currentTarget.files?.[0]?.text().then(load);
          event.currentTarget.value = "";
        }}
      />
      <Button variant="default" onClick={() => input.current?.click()}>
        {texts.loadMapping}
      </Button>
    </>
  );
}

function useHead(file: File | undefined): Head | null {
  const [head, setHead] = useState<Head | null>(null);
  useEffect(() => {
    let gone = false;
    setHead(null);
    if (file)
      void peek(file).then(
        (found) => !gone && setHead(found),
        () => undefined,
      );
    return () => {
      gone = true;
    };
  }, [file]);
  return head;
}
