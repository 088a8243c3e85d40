import { Button, Checkbox } from "@mantine/core";
import { formatNumber } from "../../format";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Empty } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { mappingOf, moveRule, rulesWithErrors, withRule } from "./draft";
import type { RuleDraft } from "./draft";
import styles from "./mapping.module.css";
import { texts } from "./texts";
import type { MappingState } from "./useMapping";

interface Props {
  mapping: MappingState;
  /** From 1. */
  open: number | null;
  setOpen: (number: number | null) => void;
  add: () => void;
  mayEdit: boolean;
  /** Series that each rule takes in the trial. */
  taken: Map<number, number>;
}

/** The rules in their order. */
export function Rules({ mapping, open, setOpen, add, mayEdit, taken }: Props) {
  const draft = mapping.draft!;
  if (draft.rules.length === 0) return <NoRules add={mayEdit ? add : undefined} />;
  const wrong = rulesWithErrors(mapping.errors);
  const rows = draft.rules.map((rule, place) => ({ rule, place, number: place + 1 }));
  const move = (place: number, by: -1 | 1) => {
    const next = moveRule(draft, place, by);
    mapping.edit(next);
    if (next !== draft && open === place + 1) setOpen(open + by);
    else if (next !== draft && open === place + by + 1) setOpen(place + 1);
  };
  return (
    <Card title={texts.rules} flush>
      <DataTable
        rows={rows}
        keyOf={({ rule }) => rule.id}
        label={texts.rules}
        isSelected={({ number }) => number === open}
        isFaint={({ rule }) => !rule.enabled}
        onOpen={({ number }) => setOpen(number)}
        columns={[
          { head: texts.number, className: styles.narrow, cell: ({ number }) => number },
          {
            head: texts.matches,
            className: styles.matches,
            cell: ({ rule, number, place }) => (
              <>
                <button type="button" className={styles.open} aria-label={texts.open(number)}>
                  <Matches rule={rule} />
                </button>
                {wrong.has(place) && <span className={`${ui.sub} ${ui.bad}`}> {texts.wrong}</span>}
                {rule.description && <div className={ui.sub}>{rule.description}</div>}
              </>
            ),
          },
          {
            head: texts.becomes,
            className: styles.sensor,
            cell: ({ rule }) => (
              <code className={styles.code}>
                {rule.site || "…"} / {rule.sensor || "…"}
              </code>
            ),
          },
          { head: texts.values, cell: ({ rule }) => <Values rule={rule} /> },
          mayEdit && { head: texts.taken, number: true, cell: ({ number }) => taken.get(number) ?? 0 },
          mayEdit && {
            head: texts.enabled,
            className: styles.narrow,
            cell: ({ rule, place, number }) => (
              <Checkbox
                aria-label={texts.enable(number)}
                checked={rule.enabled}
                onClick={(event) => event.stopPropagation()}
                onChange={(event) => mapping.edit(withRule(draft, place, { enabled: event.currentTarget.checked }))}
              />
            ),
          },
          mayEdit && {
            head: texts.order,
            className: styles.order,
            cell: ({ place, number }) => (
              <span onClick={(event) => event.stopPropagation()}>
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={texts.up(number)}
                  disabled={place === 0}
                  onClick={() => move(place, -1)}
                >
                  ↑
                </Button>{" "}
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={texts.down(number)}
                  disabled={place === draft.rules.length - 1}
                  onClick={() => move(place, 1)}
                >
                  ↓
                </Button>
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Matches({ rule }: { rule: RuleDraft }) {
  return (
    <code className={styles.code}>
      {rule.name || texts.anyName}
      {rule.tags.map(({ key, text }, index) => (
        <span key={index}>
          {" "}
          {key}={text}
        </span>
      ))}
      {rule.field !== "{field}" && ` ${rule.field}`}
    </code>
  );
}

/** What is made of the values, if anything is. */
function Values({ rule }: { rule: RuleDraft }) {
  const { scale, offset, unit } = mappingOf({ unmatched: "keep", site: "", distinguish: [], rules: [rule] }).mapping
    .rules[0]!;
  const parts = [
    scale !== 1 && `× ${formatNumber(scale)}`,
    offset !== 0 && `${offset > 0 ? "+" : "−"} ${formatNumber(Math.abs(offset))}`,
    unit,
  ];
  return <>{parts.filter(Boolean).join(" ")}</>;
}

function NoRules({ add }: { add?: () => void }) {
  return (
    <Card>
      <Empty
        title={texts.none}
        action={
          add && (
            <Button variant="default" onClick={add}>
              {texts.addFirst}
            </Button>
          )
        }
      >
        <p>{texts.noneWhy}</p>
        <pre className={`${ui.pre} ${styles.example}`}>
          {texts.exampleRule}
          {"\n"}
          {texts.exampleLine}
        </pre>
        <p>{texts.exampleBecomes}</p>
      </Empty>
    </Card>
  );
}
