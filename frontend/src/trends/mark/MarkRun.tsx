import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { markRun, runDefinitionsQuery, runsKey } from "../../api/runDefinitions";
import { formatDuration, formatMoment, parseMomentText } from "../../format";
import { hrefWith } from "../../moment";
import { Actions } from "../../ui/Actions";
import { Empty, Failed, Loading } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import type { Span } from "../range";
import { texts } from "../texts";

interface Props {
  tenant: string;
  site: string;
  /** What is selected on the trend. */
  span: Span;
  zone: string;
  close: () => void;
}

/** Marks what is selected on the trend as a run of a definition. */
export function MarkRun({ tenant, site, span, zone, close }: Props) {
  const { data, error, refetch } = useQuery(runDefinitionsQuery(site));
  const page = `/t/${tenant}/trends/runs`;
  return (
    <Modal opened onClose={close} title={texts.markTitle} size={420}>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.length === 0 ? (
        <Empty
          title={texts.noDefinitions}
          action={
            <Button component={Link} href={hrefWith(page, { runs: "new" })}>
              {texts.defineRuns}
            </Button>
          }
        >
          {texts.noDefinitionsDetail}
        </Empty>
      ) : (
        <Form definitions={data} span={span} zone={zone} page={page} close={close} />
      )}
    </Modal>
  );
}

interface FormProps {
  definitions: { id: string; name: string; rule: { by: string } }[];
  span: Span;
  zone: string;
  page: string;
  close: () => void;
}

function Form({ definitions, span, zone, page, close }: FormProps) {
  const client = useQueryClient();
  const [now] = useState(() => Date.now());
  // Runs by hand are what people mark most.
  const first = definitions.find(({ rule }) => rule.by === "hand") ?? definitions[0]!;
  const [runs, setRuns] = useState(first.id);
  const [from, setFrom] = useState(() => formatMoment(span.start, zone));
  const [to, setTo] = useState(() => formatMoment(span.end, zone));
  const [note, setNote] = useState("");
  const start = parseMomentText(from, zone, now);
  const end = parseMomentText(to, zone, now);
  const fits = start !== null && end !== null && end > start;
  const stored = useMutation({
    mutationFn: () => markRun(runs, { start: Math.round(start!), end: Math.round(end!), note }),
    onSuccess: () => client.invalidateQueries({ queryKey: runsKey(runs) }),
  });
  if (stored.data) {
    const length = formatDuration(stored.data.end - stored.data.start);
    return (
      <div className={ui.form}>
        <p role="status">{texts.marked(definitions.find(({ id }) => id === runs)?.name ?? "", length)}</p>
        <div className={ui.actions}>
          <Button component={Link} href={hrefWith(page, { runs, at: stored.data.end })} data-autofocus>
            {texts.showRuns}
          </Button>
          <Button variant="default" onClick={close}>
            {texts.close}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <SubmitForm onSubmit={() => fits && stored.mutate()} error={stored.error}>
      <Select
        label={texts.runsOf}
        data={definitions.map(({ id, name }) => ({ value: id, label: name }))}
        value={runs}
        searchable
        onChange={(id) => id && setRuns(id)}
      />
      <TextInput
        label={texts.from}
        value={from}
        error={start === null && texts.timeExample}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        label={texts.to}
        value={to}
        error={end === null ? texts.timeExample : start !== null && !fits && texts.endAfterStart}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <TextInput
        label={texts.runNote}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        autoFocus
      />
      <p className={ui.sub}>{fits ? texts.lasts(formatDuration(end - start)) : texts.timesInZone(zone)}</p>
      <Actions does={texts.markRun} close={close} disabled={!fits} loading={stored.isPending} />
    </SubmitForm>
  );
}
