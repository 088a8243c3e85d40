import { Button, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { PriorityMark } from "../../alarmData";
import { wordsOf } from "../../catalog/tree";
import { useSiteCatalog } from "../../catalog";
import { formatCount } from "../../format";
import { useParam } from "../../moment";
import { useSite, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Empty, Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { AlarmsPage } from "../AlarmsPage";
import { readRules } from "./api";
import type { Rule } from "./api";
import { useNameOf, withNames } from "./names";
import { RuleEditor } from "./RuleEditor";
import styles from "./rules.module.css";
import { SettingsDialog } from "./SettingsDialog";
import { YamlDialog } from "./YamlDialog";
import { measureOf, targetsOf } from "./targets";
import { appliesWords, conditionWords, triggerWords } from "./words";
import { texts } from "./texts";

const NEW = "new";

/** The rules by which alarms are raised: the list of all, or one in the form. */
export function RulesPage() {
  const tenant = useTenant()!;
  const [open, setOpen] = useParam("rule");
  const list = useInfiniteQuery({
    queryKey: [tenant.slug, "rules", "list"],
    queryFn: ({ pageParam, signal }) => readRules(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 10_000,
  });
  const { hasNextPage, isFetching, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const pages = list.data?.pages;
  const rules = useMemo(() => pages?.flatMap((page) => page.results) ?? [], [pages]);
  const mayEdit = tenant.role !== "viewer";
  // The form shows tags, so it waits for them.
  const catalog = useSiteCatalog(useSite()?.id);
  if (list.isError)
    return (
      <AlarmsPage part="rules">
        <Failed error={list.error} what={texts.failed} retry={() => void list.refetch()} />
      </AlarmsPage>
    );
  if (list.isPending || (open && catalog.isPending))
    return (
      <AlarmsPage part="rules">
        <Loading />
      </AlarmsPage>
    );
  const rule = rules.find((each) => each.id === open);
  if (open && (open === NEW || rule))
    return (
      <AlarmsPage part="rules">
        <RuleEditor
          key={open}
          rule={rule}
          rules={rules}
          mayEdit={mayEdit}
          close={() => setOpen(null, false)}
          stored={(made) => setOpen(made.id)}
        />
      </AlarmsPage>
    );
  return <RuleList rules={rules} mayEdit={mayEdit} open={(id) => setOpen(id, false)} gone={open !== null} />;
}

interface ListProps {
  rules: Rule[];
  mayEdit: boolean;
  open: (id: string) => void;
  /** The address names one that does not exist. */
  gone: boolean;
}

function RuleList({ rules, mayEdit, open, gone }: ListProps) {
  const [text, setText] = useParam("q");
  const tenant = useTenant();
  const [dialog, setDialog] = useState<"yaml" | "settings" | null>(null);
  const words = wordsOf(text ?? "");
  const nameOf = useNameOf();
  const named = useMemo(() => rules.map((rule) => withNames(rule, nameOf)), [rules, nameOf]);
  const shown = named.filter((rule) => {
    const said = [rule.name, rule.owner, rule.description, appliesWords(rule.applies)].join(" ").toLowerCase();
    return words.every((word) => said.includes(word.toLowerCase()));
  });
  const tools = (
    <>
      {rules.length > 0 && (
        <TextInput
          data-filter
          className={styles.filter}
          aria-label={texts.filter}
          placeholder={texts.filter}
          value={text ?? ""}
          onChange={(event) => setText(event.currentTarget.value || null)}
        />
      )}
      <Button variant="default" onClick={() => setDialog("settings")}>
        {texts.settings}
      </Button>
      <Button variant="default" onClick={() => setDialog("yaml")}>
        {texts.yaml}
      </Button>
      {mayEdit && <Button onClick={() => open(NEW)}>{texts.add}</Button>}
    </>
  );
  return (
    <AlarmsPage part="rules" tools={tools}>
      {gone && <p role="alert">{texts.gone}</p>}
      {rules.length === 0 ? (
        <Empty title={texts.none} action={mayEdit && <Button onClick={() => open(NEW)}>{texts.add}</Button>}>
          {mayEdit ? texts.noneHint : texts.noneViewer}
        </Empty>
      ) : shown.length === 0 ? (
        <p className={ui.quiet}>{texts.noMatch}</p>
      ) : (
        <Card flush>
          <RuleTable rules={shown} open={open} />
        </Card>
      )}
      {dialog === "yaml" && <YamlDialog mayEdit={mayEdit} close={() => setDialog(null)} />}
      {dialog === "settings" && <SettingsDialog mayEdit={tenant?.role === "admin"} close={() => setDialog(null)} />}
    </AlarmsPage>
  );
}

function RuleTable({ rules, open }: { rules: Rule[]; open: (id: string) => void }) {
  const { catalog } = useSiteCatalog(useSite()?.id);
  const measures = useMemo(
    () => new Map(rules.map(({ id, applies }) => [id, measureOf(catalog ? targetsOf(applies, catalog) : [])])),
    [rules, catalog],
  );
  return (
    <DataTable
      rows={rules}
      keyOf={(rule) => rule.id}
      label={texts.rules}
      cards
      onOpen={(rule) => open(rule.id)}
      isFaint={(rule) => !rule.enabled}
      columns={[
        { head: texts.priority, className: ui.lead, cell: (rule) => <PriorityMark priority={rule.priority} /> },
        {
          head: texts.rule,
          className: styles.name,
          cell: (rule) => (
            <>
              <button type="button" className={ui.link}>
                {rule.name}
              </button>
              <div className={ui.sub}>
                {[triggerWords(rule.trigger, measures.get(rule.id)), conditionWords(rule)].filter(Boolean).join(", ")}
              </div>
              {rule.problem && <div className={styles.problem}>{texts.problem(rule.problem)}</div>}
            </>
          ),
        },
        { head: texts.appliesTo, className: styles.applies, cell: (rule) => appliesWords(rule.applies) },
        { head: texts.targets, number: true, className: ui.wide, cell: (rule) => formatCount(rule.targets) },
        {
          head: texts.status,
          cell: (rule) => <span className={ui.chip}>{rule.enabled ? texts.on : texts.off}</span>,
        },
        { head: texts.owner, className: ui.wide, cell: (rule) => rule.owner },
        {
          head: texts.changed,
          number: true,
          className: ui.quiet,
          cell: (rule) => (
            <>
              {texts.versionBy(rule.version, rule.author)} · <Ago ms={rule.changed} />
            </>
          ),
        },
      ]}
    />
  );
}
