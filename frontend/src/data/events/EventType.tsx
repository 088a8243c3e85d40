import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { formatCount } from "../../format";
import { Inspector } from "../../frame";
import { useTenant } from "../../tenant";
import { DataTable } from "../../ui/DataTable";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { readOverflow, readProposal, replayAll, storeProposal } from "./api";
import type { EventType } from "./api";
import { texts } from "./texts";

interface Props {
  type: EventType;
  close: () => void;
  changed: () => void;
}

/** The schema of one type, what does not fit it, and a proposal. */
export function EventTypeDetails({ type, close, changed }: Props) {
  const tenant = useTenant()!;
  const overflow = useQuery({
    queryKey: [tenant.slug, "event types", type.type, "overflow", type.version],
    queryFn: ({ signal }) => readOverflow(type.type, signal),
    refetchInterval: 10_000,
  });
  const proposal = useMutation({ mutationFn: () => readProposal(type.type) });
  const store = useMutation({
    mutationFn: () => storeProposal(type, proposal.data!),
    onSuccess: () => {
      proposal.reset();
      changed();
    },
  });
  const replay = useMutation({ mutationFn: () => replayAll(type.type), onSettled: () => void overflow.refetch() });
  const may = tenant.role !== "viewer";
  const fields = Object.entries(type.fields);
  return (
    <Inspector title={type.type} onClose={close}>
      {fields.length === 0 ? (
        <p className={ui.quiet}>{texts.noFields}</p>
      ) : (
        <DataTable
          rows={fields}
          keyOf={([name]) => name}
          label={texts.fields}
          columns={[
            { head: texts.field, cell: ([name]) => name },
            { head: texts.fieldType, cell: ([, field]) => field.type },
            { head: texts.unit, cell: ([, field]) => field.unit },
            { head: texts.sensor, cell: ([, field]) => field.sensor },
          ]}
        />
      )}
      {type.version > 0 && (
        <>
          <h3>{texts.overflow}</h3>
          {overflow.data?.length === 0 && <p className={ui.quiet}>{texts.overflowNone}</p>}
          {!!overflow.data?.length && (
            <DataTable
              rows={overflow.data}
              keyOf={(row) => `${row.field} ${row.firmware}`}
              label={texts.overflow}
              columns={[
                { head: texts.field, cell: (row) => row.field || texts.otherFields },
                { head: texts.firmware, cell: (row) => row.firmware },
                { head: texts.events, number: true, cell: (row) => formatCount(row.events) },
              ]}
            />
          )}
          {may && !!overflow.data?.length && (
            <Button variant="default" loading={replay.isPending} onClick={() => replay.mutate()}>
              {texts.replay}
            </Button>
          )}
          {replay.data && <p role="status">{texts.replayed(replay.data.repaired, replay.data.left)}</p>}
        </>
      )}
      {!proposal.data && (
        <Button variant="default" loading={proposal.isPending} onClick={() => proposal.mutate()}>
          {texts.propose}
        </Button>
      )}
      {proposal.data && (
        <>
          <h3>{texts.proposalOf(proposal.data.events)}</h3>
          <DataTable
            rows={Object.entries(proposal.data.fields)}
            keyOf={([name]) => name}
            label={texts.proposalOf(proposal.data.events)}
            columns={[
              { head: texts.field, cell: ([name, each]) => (each.is_new ? `${name} (${texts.isNew})` : name) },
              { head: texts.fieldType, cell: ([, each]) => each.schema.type },
              { head: texts.seen, number: true, cell: ([, each]) => formatCount(each.seen) },
              { head: texts.fits, number: true, cell: ([, each]) => formatCount(each.fits) },
            ]}
          />
          {may && proposal.data.events > 0 && (
            <Button loading={store.isPending} onClick={() => store.mutate()}>
              {texts.store}
            </Button>
          )}
        </>
      )}
      <ErrorMessage error={proposal.error ?? store.error ?? replay.error} />
    </Inspector>
  );
}
