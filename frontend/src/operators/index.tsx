import { Button, Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link, useLocation, useParams as useRoute } from "wouter";
import { formatCount } from "../format";
import { View } from "../frame";
import { useParams } from "../moment";
import { useMe } from "../tenant";
import { Card } from "../ui/Card";
import { LeftIcon, RightIcon } from "../ui/icons";
import { Empty, Failed, Loading } from "../ui/states";
import ui from "../ui/ui.module.css";
import { useTenants } from "./api";
import type { Counts } from "./api";
import { RolloutInProgress } from "./RolloutCard";
import { capital, STATES } from "./State";
import { OperatorsOnly, OperatorTabs } from "./Tabs";
import { TenantPane } from "./TenantPane";
import { TenantTable } from "./TenantTable";
import styles from "./operators.module.css";
import { texts } from "./texts";

const NEW = "/operators/tenants/new";

export default function Tenants() {
  const { slug } = useRoute<{ slug?: string }>();
  const me = useMe().data;
  const [, navigate] = useLocation();
  if (me && !me.operator) return <OperatorsOnly />;
  const open = (next?: string) =>
    navigate(`/operators/tenants${next ? `/${next}` : ""}${location.search}`, { replace: true });
  const pane = slug && <TenantPane key={slug} slug={slug} close={() => open()} />;
  return (
    <View headed title={texts.tenants} inspector={pane || undefined}>
      <div className={`${ui.page} ${styles.page}`}>
        <OperatorTabs />
        <List chosen={slug} open={open} />
      </div>
    </View>
  );
}

function List({ chosen, open }: { chosen?: string; open: (slug: string) => void }) {
  const [params, change] = useParams();
  const of = (name: string) => params.get(name) ?? "";
  const wanted = { q: of("q"), state: of("state"), ring: of("ring"), cursor: of("after") };
  const filter = (changes: Record<string, string | null>) => change({ ...changes, after: null }, { replace: true });
  const [round, setRound] = useState(0); // remounts the search field, which keeps its own text
  const found = useTenants(wanted);
  const page = found.data;
  const all = page ? Object.values(page.counts.states).reduce((sum, count) => sum + count, 0) : 0;
  const turn = (url: string) => {
    change({ after: new URLSearchParams(url.slice(url.indexOf("?"))).get("cursor") }, { replace: true });
    document.getElementById("main")?.scrollTo({ top: 0 });
  };
  const create = (
    <Button component={Link} href={NEW}>
      {texts.newTenantButton}
    </Button>
  );
  return (
    <>
      <div className={`${ui.pageHead} ${styles.head}`}>
        <h1>{texts.tenants}</h1>
        {page && <Summary all={all} counts={page.counts} show={(state) => filter({ state })} />}
        <span className={`${ui.grow} ${styles.space}`} />
        <Search key={round} value={wanted.q} onChange={(q) => filter({ q })} />
        <Choice
          name={texts.state}
          any={texts.allStates}
          values={STATES}
          counts={page?.counts.states}
          value={wanted.state}
          onChange={(state) => filter({ state })}
        />
        <Choice
          name={texts.ring}
          any={texts.allRings}
          values={["canary", "early", "all", "pinned"]}
          counts={page && { ...page.counts.rings, pinned: page.counts.pinned }}
          value={wanted.ring}
          onChange={(ring) => filter({ ring })}
        />
        {create}
      </div>
      <RolloutInProgress />
      {found.isPending ? (
        <Loading />
      ) : found.isError && !page ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : all === 0 ? (
        <Empty title={texts.noTenants} action={create}>
          {texts.noTenantsDetail}
        </Empty>
      ) : (
        <Card flush>
          {page!.results.length === 0 ? (
            <Empty
              title={texts.noTenantsMatch}
              action={
                <Button
                  variant="default"
                  onClick={() => {
                    filter({ q: null, state: null, ring: null });
                    setRound(round + 1);
                  }}
                >
                  {texts.showAll(formatCount(all))}
                </Button>
              }
            />
          ) : (
            <TenantTable rows={page!.results} chosen={chosen} open={open} />
          )}
          {page!.total > 0 && (
            <div className={styles.pager}>
              <span>
                {texts.pageOf(
                  formatCount(page!.before + 1),
                  formatCount(page!.before + page!.results.length),
                  formatCount(page!.total),
                )}
              </span>
              <button
                type="button"
                aria-label={texts.previousPage}
                disabled={!page!.previous}
                onClick={() => page!.previous && turn(page!.previous)}
              >
                <LeftIcon size={14} />
              </button>
              <button
                type="button"
                aria-label={texts.nextPage}
                disabled={!page!.next}
                onClick={() => page!.next && turn(page!.next)}
              >
                <RightIcon size={14} />
              </button>
            </div>
          )}
        </Card>
      )}
    </>
  );
}

function Summary({ all, counts, show }: { all: number; counts: Counts; show: (state: string) => void }) {
  const failed = counts.states.failed ?? 0;
  return (
    <span className={ui.quiet} data-testid="summary">
      {formatCount(all)}
      {failed > 0 && (
        <>
          {" · "}
          <button type="button" className={ui.link} onClick={() => show("failed")}>
            {texts.failedCount(failed)}
          </button>
        </>
      )}
    </span>
  );
}

/** Queries the server when typing pauses. */
function Search({ value, onChange }: { value: string; onChange: (text: string | null) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text || null), 200);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <TextInput
      data-filter
      className={styles.search}
      placeholder={texts.filterPlaceholder}
      aria-label={texts.filterTenants}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

interface ChoiceProps {
  name: string;
  any: string;
  values: string[];
  counts?: Record<string, number>;
  value: string;
  onChange: (value: string | null) => void;
}

function Choice({ name, any, values, counts, value, onChange }: ChoiceProps) {
  const shown = values.filter((each) => counts?.[each] || each === value);
  return (
    <Select
      className={styles.choice}
      aria-label={name}
      comboboxProps={{ width: 170, position: "bottom-start" }}
      data={[
        { value: "", label: any },
        ...shown.map((each) => ({ value: each, label: `${capital(each)} · ${formatCount(counts?.[each] ?? 0)}` })),
      ]}
      value={value}
      onChange={onChange}
    />
  );
}
