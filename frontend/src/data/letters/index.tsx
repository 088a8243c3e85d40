import { Button, Modal } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { formatCount } from "../../format";
import { hrefWith, useParam } from "../../moment";
import { useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Earlier } from "../../ui/Earlier";
import { SubmitForm } from "../../ui/SubmitForm";
import { Empty, ErrorMessage, Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { DataPage } from "../DataPage";
import { useSourceNames } from "../flow/sources";
import { Letter } from "./Letter";
import { readLetter, readLetters, removeUntil, replayMany, replayMatching } from "./api";
import styles from "./letters.module.css";
import { texts } from "./texts";

const MAX_REPLAYED = 500; // of one request

/** What could not be stored: engineers correct it, replay it, or delete it. */
export function DeadLetters() {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const [open, setOpen] = useParam("letter");
  const { nameOf } = useSourceNames();
  const [deleting, setDeleting] = useState(false);
  const list = useInfiniteQuery({
    queryKey: [tenant.slug, "deadletters", "list"],
    queryFn: ({ pageParam, signal }) => readLetters(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 10_000,
  });
  const rows = list.data?.pages.flatMap((each) => each.results) ?? [];
  const counts = list.data?.pages[0]?.counts;
  const inList = rows.find((row) => row.id === open);
  const one = useQuery({
    queryKey: [tenant.slug, "deadletters", open],
    queryFn: ({ signal }) => readLetter(open!, signal),
    enabled: !!open && !inList && !list.isPending,
    retry: false,
  });
  const shown = inList ?? (open ? one.data : undefined);
  const refresh = () => client.invalidateQueries({ queryKey: [tenant.slug, "deadletters"] });
  const replayable = rows.filter((row) => row.replayable).slice(0, MAX_REPLAYED);
  const store = useMutation({ mutationFn: () => replayMany(replayable.map((row) => row.id)), onSettled: refresh });
  const match = useMutation({ mutationFn: replayMatching, onSettled: refresh });
  const unmatched = rows.filter((row) => row.unmatched).length;
  const discard = useMutation({
    mutationFn: () => removeUntil(rows[0]!.id),
    onSuccess: () => setDeleting(false),
    onSettled: refresh,
  });
  const done = () => {
    setOpen(null);
    void refresh();
  };
  const refused = new Map(store.data?.refused.map((each) => [each.id, each.reason]));
  return (
    <DataPage
      part="dead-letters"
      inspector={
        shown && (
          <Letter
            key={shown.id}
            letter={{ ...shown, reason: refused.get(shown.id) ?? shown.reason }}
            source={nameOf(shown.source_id || shown.source)}
            close={() => setOpen(null)}
            done={done}
          />
        )
      }
    >
      <div className={ui.pageHead}>
        <span className={ui.quiet}>{texts.intro}</span>
        <span className={ui.grow} />
        {counts && counts.kept > 0 && (
          <span className={ui.quiet}>
            {texts.kept(formatCount(counts.kept), counts.dropped ? formatCount(counts.dropped) : null)}
          </span>
        )}
        {replayable.length > 0 && (
          <Button variant="default" loading={store.isPending} onClick={() => store.mutate()}>
            {texts.replayShown(replayable.length)}
          </Button>
        )}
        {rows.length > 0 && (
          <Button variant="default" onClick={() => setDeleting(true)}>
            {texts.deleteAll}
          </Button>
        )}
      </div>
      {unmatched > 0 && (
        <div className={styles.unmatched}>
          {texts.unmatchedShown(unmatched)}{" "}
          <Link href={hrefWith(`/t/${tenant.slug}/data/mapping`)}>{texts.makeRule}</Link>
          <span className={ui.grow} />
          <Button variant="default" loading={match.isPending} onClick={() => match.mutate()}>
            {texts.replayMatching}
          </Button>
        </div>
      )}
      {match.data && (
        <p role="status">{texts.matched(formatCount(match.data.letters), formatCount(match.data.left))}</p>
      )}
      {store.data && <p role="status">{texts.replayed(store.data.letters, store.data.refused.length)}</p>}
      {discard.data && <p role="status">{texts.deleted(formatCount(discard.data.removed))}</p>}
      <ErrorMessage error={store.error ?? match.error} />
      {open && !inList && one.isError && <p role="alert">{texts.gone}</p>}
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={texts.none}>{texts.noneWhy}</Empty>
      ) : (
        <Card flush>
          <DataTable
            rows={rows}
            keyOf={(row) => row.id}
            label={texts.letters}
            isSelected={(row) => row.id === open}
            onOpen={(row) => setOpen(row.id)}
            columns={[
              { head: texts.received, className: styles.when, cell: (row) => <Ago ms={row.received} /> },
              { head: texts.source, cell: (row) => nameOf(row.source_id || row.source) },
              { head: texts.position, number: true, cell: (row) => row.position },
              {
                head: texts.reason,
                className: styles.reason,
                cell: (row) => (
                  <button type="button" className={`${ui.link} ${styles.open}`}>
                    {refused.get(row.id) ?? row.reason}
                    {row.unmatched && <span className={`${ui.chip} ${styles.chip}`}>{texts.noRule}</span>}
                  </button>
                ),
              },
              { head: texts.item, className: styles.item, cell: (row) => <code>{row.item.slice(0, 200)}</code> },
            ]}
          />
        </Card>
      )}
      <Earlier list={list} />
      {deleting && counts && (
        <Modal
          opened
          onClose={() => setDeleting(false)}
          title={texts.deleteAllSure(formatCount(counts.kept))}
          size={440}
        >
          <SubmitForm onSubmit={() => discard.mutate()} error={discard.error}>
            <p>{texts.deleteAllWhy}</p>
            <Actions does={texts.delete} close={() => setDeleting(false)} danger loading={discard.isPending} />
          </SubmitForm>
        </Modal>
      )}
    </DataPage>
  );
}
