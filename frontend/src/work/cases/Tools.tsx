import { Button, Checkbox, Select, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { errorText } from "../../api/problem";
import { KINDS, caseTexts, readCsv, usePeople } from "../../cases";
import type { CaseCounts, CaseQuery } from "../../cases";
import { formatCount } from "../../format";
import { useParams } from "../../moment";
import { save } from "../../ui/save";
import { Segments } from "../../ui/Segments";
import styles from "./board.module.css";
import { SHOWS } from "./filter";
import type { Filter } from "./filter";
import { texts } from "../texts";

interface Props {
  filter: Filter;
  query: CaseQuery;
  counts: CaseCounts | undefined;
  /** Undefined for who may not. */
  add: (() => void) | undefined;
}

/** Which cases are listed, the list as a file, and a new case. */
export function Tools({ filter, query, counts, add }: Props) {
  const [, change] = useParams();
  const people = usePeople();
  const file = useMutation({ mutationFn: () => readCsv(query), onSuccess: (blob) => save(blob, "cases.csv") });
  const set = (changes: Record<string, string | null>) => change(changes, { replace: true });
  return (
    <>
      <Segments
        label={texts.show}
        value={filter.show}
        onChange={(show) => set({ show: show === "open" ? null : show, state: null })}
        choices={SHOWS.map((value) => ({ value, label: texts.shows[value] }))}
      />
      <TextInput
        data-filter
        className={styles.filter}
        aria-label={texts.filter}
        placeholder={texts.filter}
        maxLength={200}
        value={filter.q}
        onChange={(event) => set({ q: event.currentTarget.value || null })}
      />
      <Select
        className={styles.choice}
        aria-label={texts.kind}
        placeholder={texts.anyKind}
        clearable
        data={KINDS.map((value) => ({ value, label: caseTexts.kinds[value] }))}
        value={filter.kind}
        onChange={(kind) => set({ kind })}
      />
      <Select
        className={styles.choice}
        aria-label={texts.assigned}
        placeholder={texts.anybody}
        clearable
        searchable
        data={[
          { value: "me", label: texts.me },
          { value: "none", label: texts.nobody },
          ...(people?.results ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={filter.assigned}
        onChange={(assigned) => set({ assigned })}
      />
      <Checkbox
        className={styles.overdueOnly}
        label={counts?.overdue ? texts.overdueCount(formatCount(counts.overdue)) : texts.overdue}
        checked={filter.overdue}
        onChange={(event) => set({ overdue: event.currentTarget.checked ? "1" : null })}
      />
      <Button
        variant="default"
        title={file.error ? errorText(file.error) : texts.csvHint}
        loading={file.isPending}
        onClick={() => file.mutate()}
      >
        {file.error ? texts.csvAgain : texts.csv}
      </Button>
      {add && (
        <Button onClick={add} title={texts.newCaseKey}>
          {texts.newCase}
        </Button>
      )}
    </>
  );
}
