import { Button, FileButton, Modal, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { tenantOfPath } from "../../api/client";
import { DataTable } from "../../ui/DataTable";
import { ErrorMessage } from "../../ui/states";
import { save } from "../../ui/save";
import ui from "../../ui/ui.module.css";
import { exportYaml, importYaml } from "./api";
import type { YamlReport } from "./api";
import styles from "./rules.module.css";
import { texts } from "./texts";

const MAX_BYTES = 4 << 20;

/** All rules as a file, and rules out of one: what it would do is shown before it is done. */
export function YamlDialog({ mayEdit, close }: { mayEdit: boolean; close: () => void }) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [tooLarge, setTooLarge] = useState(false);
  const out = useMutation({
    mutationFn: () => exportYaml(undefined),
    onSuccess: (file) => save(file, "alarm-rules.yaml"),
  });
  const check = useMutation({ mutationFn: () => importYaml(text, true) });
  const take = useMutation({
    mutationFn: () => importYaml(text, false),
    onSuccess: () => void client.invalidateQueries({ queryKey: [tenantOfPath(), "rules"] }),
  });
  const edit = (next: string) => {
    setText(next);
    setTooLarge(false);
    check.reset();
    take.reset();
  };
  const read = async (file: File | null) => {
    if (!file) return;
    if (file.size > MAX_BYTES) setTooLarge(true);
    else edit(await file.text());
  };
  const report = take.data ?? check.data;
  const clean = check.data !== undefined && check.data.refused === 0;
  return (
    <Modal opened onClose={close} title={texts.yamlTitle} size={720}>
      <div className={ui.form}>
        <p className={ui.quiet}>{texts.yamlHint}</p>
        <div>
          <Button variant="default" loading={out.isPending} onClick={() => out.mutate()}>
            {texts.yamlExport}
          </Button>
        </div>
        <ErrorMessage error={out.error} />
        {mayEdit && (
          <>
            <Textarea
              label={texts.yamlText}
              classNames={{ input: styles.yaml }}
              autosize
              minRows={6}
              maxRows={16}
              value={text}
              onChange={(event) => edit(event.currentTarget.value)}
            />
            <div className={ui.actions}>
              <FileButton accept=".yaml,.yml,application/yaml,text/yaml" onChange={(file) => void read(file)}>
                {(props) => (
                  <Button variant="default" {...props}>
                    {texts.yamlFile}
                  </Button>
                )}
              </FileButton>
              <Button
                variant="default"
                disabled={!text.trim()}
                loading={check.isPending}
                onClick={() => check.mutate()}
              >
                {texts.yamlCheck}
              </Button>
              <Button
                disabled={!clean || take.data !== undefined}
                loading={take.isPending}
                onClick={() => take.mutate()}
                title={clean ? undefined : texts.yamlCheckFirst}
              >
                {texts.yamlImport}
              </Button>
            </div>
            {tooLarge && <p role="alert">{texts.yamlTooLarge}</p>}
            <ErrorMessage error={take.error ?? check.error} />
            {report && <Report report={report} />}
          </>
        )}
      </div>
    </Modal>
  );
}

function Report({ report }: { report: YamlReport }) {
  const counts = [report.created, report.changed, report.unchanged, report.refused] as const;
  return (
    <>
      <p role="status">{report.dry_run ? texts.yamlWould(...counts) : texts.yamlDid(...counts)}</p>
      <DataTable
        rows={report.rules}
        keyOf={(row) => row.name}
        label={texts.yamlTitle}
        columns={[
          { head: texts.rule, cell: (row) => row.name },
          {
            head: texts.yamlWhat,
            cell: (row) => texts.yamlWhats[row.what as keyof typeof texts.yamlWhats] ?? row.what,
          },
          { cell: (row) => row.detail },
        ]}
      />
    </>
  );
}
