import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";
import { NewCase, STATES, useCaseList, useCases, useMayWork } from "../../cases";
import type { CaseQuery } from "../../cases";
import { useSiteCatalog } from "../../catalog";
import { formatMoment } from "../../format";
import { useMoment, useParams, useZone } from "../../moment";
import { useSite, useSites, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { Earlier } from "../../ui/Earlier";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { WorkPage } from "../WorkPage";
import { CaseDetails } from "./CaseDetails";
import { CaseTable } from "./CaseTable";
import { isFiltered, NO_FILTER, queryOf, readFilter } from "./filter";
import type { Filter } from "./filter";
import { Tools } from "./Tools";
import { useBoard } from "./useBoard";
import { texts } from "../texts";

const TYPING_MS = 200;

/** What there is to do, what is overdue, and what was done. */
export function CasesPage() {
  const [params] = useParams();
  const { at } = useMoment();
  const site = useSite();
  const several = (useSites().data?.length ?? 0) > 1;
  const text = params.toString();
  const filter = useMemo(() => readFilter(new URLSearchParams(text)), [text]);
  const [q] = useDebouncedValue(filter.q, TYPING_MS);
  const query = { ...queryOf({ ...filter, q }), site: several && !filter.nowhere ? site?.id : undefined, at };
  const list = useCaseList(query, site !== undefined || !several);
  const pages = list.data?.pages;
  const cases = useMemo(() => pages?.flatMap((page) => page.results) ?? [], [pages]);
  const board = useBoard(cases);
  const nowhere = useNowhere(query, several && !filter.nowhere && !filter.only);
  const details = board.current && (
    <CaseDetails key={board.current} id={board.current} close={() => board.show(null)} actions={board.actions} />
  );
  return (
    <WorkPage
      part=""
      details={details}
      close={() => board.show(null)}
      tools={<Tools filter={filter} query={query} counts={pages?.[0]?.counts} add={board.add} />}
    >
      <UnknownShow filter={filter} />
      <Only filter={filter} />
      {list.isError && !list.data ? (
        <Failed error={list.error} what={texts.casesFailed} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Loading />
      ) : cases.length === 0 ? (
        <NoCases filter={filter} nowhere={nowhere} add={board.add} />
      ) : (
        <>
          <Card flush>
            <CaseTable cases={cases} current={board.current} show={board.show} at={at} />
          </Card>
          <Earlier list={list} />
        </>
      )}
      {nowhere > 0 && <Nowhere count={nowhere} />}
      {board.adding && (
        <NewCase
          start={{ title: "", asset: filter.only?.kind === "asset" ? filter.only.id : null }}
          close={() => board.setAdding(false)}
          opened={(made) => {
            board.setAdding(false);
            board.show(made.id);
          }}
        />
      )}
      {board.actions.dialog}
    </WorkPage>
  );
}

/** How many others there are, which belong to no site and so are in no site's list. */
function useNowhere(query: CaseQuery, wanted: boolean): number {
  const counts = useCases({ ...query, site: undefined, without_site: true, limit: 1 }, wanted).data?.counts;
  const shown = STATES.filter((state) => query.state?.split(",").includes(state) ?? true);
  return wanted && counts ? shown.reduce((sum, state) => sum + counts[state], 0) : 0;
}

function Nowhere({ count }: { count: number }) {
  const [, change] = useParams();
  return (
    <p>
      {texts.nowhere(count)}{" "}
      <button type="button" className={ui.link} onClick={() => change({ place: "none" })}>
        {texts.showThem}
      </button>
    </p>
  );
}

/** If a link names cases that there are not: what is shown instead. */
function UnknownShow({ filter: { unknown } }: { filter: Filter }) {
  const [, change] = useParams();
  if (unknown === null) return null;
  return (
    <p className={ui.trouble} role="alert">
      {texts.unknownShow(unknown)}{" "}
      <button type="button" className={ui.link} onClick={() => change({ show: null, state: null }, { replace: true })}>
        {texts.dismiss}
      </button>
    </p>
  );
}

/** Whose cases are listed, if a link named one thing. */
function Only({ filter: { only, nowhere } }: { filter: Filter }) {
  const [, change] = useParams();
  const { catalog } = useSiteCatalog(useSite()?.id);
  if (!only && !nowhere) return null;
  const asset = only && catalog?.assetById.get(only.id);
  const names = {
    asset: asset ? `${asset.tag} ${asset.name}` : only?.id,
    alarm: texts.onlyAlarm,
    plan: texts.onlyPlan,
    campaign: texts.onlyCampaign,
  };
  return (
    <p>
      {texts.onlyOf((only && names[only.kind]) ?? texts.noSite)}.{" "}
      <button type="button" className={ui.link} onClick={() => change({ [only?.kind ?? "place"]: null })}>
        {texts.showAll}
      </button>
    </p>
  );
}

interface NoCasesProps {
  filter: Filter;
  /** How many there are elsewhere. */
  nowhere: number;
  add: (() => void) | undefined;
}

function NoCases({ filter, nowhere, add }: NoCasesProps) {
  const [, change] = useParams();
  const { at } = useMoment();
  const zone = useZone().name;
  const mayWork = useMayWork();
  const tenant = useTenant();
  const any = useCaseList({ at }, filter.show === "open" && !isFiltered(filter));
  if (isFiltered(filter)) {
    const clear = (
      <Button variant="default" onClick={() => change(NO_FILTER)}>
        {texts.showAll}
      </Button>
    );
    return (
      <Empty title={texts.noMatch} action={clear}>
        {texts.noMatchHint}
      </Empty>
    );
  }
  if (at !== null) return <Empty title={texts.noneOpen}>{texts.noneThen(formatMoment(at, zone))}</Empty>;
  if (nowhere > 0) return <Empty title={texts.noneOpenHere} />;
  if (any.data?.pages[0]?.results.length) return <Empty title={texts.noneOpen}>{texts.noneOpenHint}</Empty>;
  return (
    <Empty title={texts.noCases} action={mayWork && <Button onClick={add}>{texts.newCase}</Button>}>
      {tenant?.role === "viewer" ? texts.noCasesViewer : texts.noCasesHint}
    </Empty>
  );
}
