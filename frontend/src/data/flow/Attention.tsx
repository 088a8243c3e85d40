import { Link } from "wouter";
import { hrefWith } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import ui from "../../ui/ui.module.css";
import type { Finding } from "./model";
import styles from "./flow.module.css";
import { texts } from "./texts";

interface Props {
  findings: Finding[];
  mayInspect: boolean;
  select: (stage: string) => void;
}

/** What somebody should look at, and where. */
export function Attention({ findings, mayInspect, select }: Props) {
  const tenant = useTenant()!;
  return (
    <Card title={texts.needsAttention} flush={findings.length > 0}>
      {findings.length === 0 ? (
        <p className={ui.quiet}>{texts.allWell}</p>
      ) : (
        <DataTable
          rows={findings}
          keyOf={(finding) => finding.id}
          label={texts.needsAttention}
          columns={[
            {
              cell: ({ what, why, level }) => (
                <>
                  <b className={styles.finding}>
                    <i className={styles.health} data-health={level === 2 ? "bad" : "slow"} aria-hidden="true" />
                    {what}
                  </b>
                  <div className={`${ui.sub} ${styles.findingDetail}`}>{why}</div>
                </>
              ),
            },
            {
              number: true,
              cell: ({ at, stage }) =>
                stage ? (
                  <button type="button" className={ui.link} onClick={() => select(stage)}>
                    {texts.open}
                  </button>
                ) : at === "unmapped" ? (
                  <Link href={hrefWith(`/t/${tenant.slug}/data/unmapped`)}>{texts.nameThem}</Link>
                ) : (
                  at &&
                  mayInspect && <Link href={hrefWith(`/t/${tenant.slug}/data/dead-letters`)}>{texts.inspect}</Link>
                ),
            },
          ]}
        />
      )}
    </Card>
  );
}
