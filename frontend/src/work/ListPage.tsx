import { Button } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Page } from "../api/client";
import { useMayWork } from "../cases";
import { useShortcuts } from "../keyboard";
import { useMoment, useParam } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import { Earlier } from "../ui/Earlier";
import { Empty, Failed, Loading } from "../ui/states";
import { beside } from "./beside";
import { WorkPage } from "./WorkPage";
import type { Part } from "./WorkPage";

export interface TableProps<T> {
  rows: readonly T[];
  current: string | null;
  show: (id: string) => void;
}

export interface DetailsProps<T> {
  id: string;
  close: () => void;
  edit: (row: T) => void;
}

export interface FormProps<T> {
  /** Undefined: a new one. */
  from: T | undefined;
  close: () => void;
  stored: (row: T) => void;
}

interface Words {
  add: string;
  failed: string;
  none: string;
  noneThen: string;
  hint: string;
  viewerHint: string;
}

interface Props<T> {
  part: Part;
  /** Of the address, with the id of what is shown beside the list. */
  param: string;
  list: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  words: Words;
  Table: (props: TableProps<T>) => ReactNode;
  Details: (props: DetailsProps<T>) => ReactNode;
  Form: (props: FormProps<T>) => ReactNode;
}

/** A list of what is planned, with the details of one and the form for it. */
export function ListPage<T extends { id: string }>({ part, param, list, words, Table, Details, Form }: Props<T>) {
  const [current, show] = useParam(param);
  const [form, setForm] = useState<T | "new" | null>(null);
  const { at } = useMoment();
  const mayWork = useMayWork();
  const tenant = useTenant();
  const pages = list.data?.pages;
  const rows = useMemo(() => pages?.flatMap((page) => page.results) ?? [], [pages]);
  const go = (step: 1 | -1) => () => {
    const next = beside(rows, current, step);
    if (next) show(next);
  };
  const edited = rows.find((each) => each.id === current);
  useShortcuts("work", {
    next: go(1),
    previous: go(-1),
    add: () => (mayWork ? setForm("new") : false),
    edit: () => (mayWork && edited ? setForm(edited) : false),
    close: () => (current ? show(null) : false),
  });
  const add = mayWork && <Button onClick={() => setForm("new")}>{words.add}</Button>;
  const details = current && <Details key={current} id={current} close={() => show(null)} edit={setForm} />;
  return (
    <WorkPage part={part} tools={rows.length > 0 && add} details={details} close={() => show(null)}>
      {list.isError && !list.data ? (
        <Failed error={list.error} what={words.failed} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Empty title={at === null ? words.none : words.noneThen} action={add}>
          {tenant?.role === "viewer" ? words.viewerHint : words.hint}
        </Empty>
      ) : (
        <>
          <Card flush>
            <Table rows={rows} current={current} show={show} />
          </Card>
          <Earlier list={list} />
        </>
      )}
      {form && (
        <Form
          key={form === "new" ? form : form.id}
          from={form === "new" ? undefined : form}
          close={() => setForm(null)}
          stored={(row) => {
            setForm(null);
            show(row.id);
          }}
        />
      )}
    </WorkPage>
  );
}
