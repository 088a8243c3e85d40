import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Retention as Setting, Site } from "../../api/types";
import { formatDate } from "../../format";
import { useSites, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { ErrorMessage } from "../../ui/states";
import { errorText } from "../../api/problem";
import ui from "../../ui/ui.module.css";
import styles from "../data.module.css";
import { readRetention, setRetention } from "./api";
import type { Kept } from "./api";
import { daysName } from "./days";
import { RetentionForm } from "./RetentionForm";
import { texts } from "./texts";

/** Sites beyond this are changed with the API. */
const MAX_SITES = 50;

interface Change {
  site: Site | null;
  before: Setting;
}

const useRetention = (site: Site | null) => {
  const tenant = useTenant()!;
  return useQuery({
    queryKey: [tenant.slug, "retention", site?.id ?? null],
    queryFn: ({ signal }) => readRetention(site, signal),
  });
};

/** How long samples and rollups are kept: for all sites, and for those that differ. */
export function Retention() {
  const tenant = useTenant()!;
  const admin = tenant.role === "admin";
  const sites = useSites().data ?? [];
  const all = useRetention(null);
  const client = useQueryClient();
  const [changing, setChanging] = useState<Change | null>(null);
  const [changed, setChanged] = useState<Change | null>(null);
  const again = () => client.invalidateQueries({ queryKey: [tenant.slug, "retention"] });
  const save = useMutation({
    mutationFn: ({ site, kept }: { site: Site | null; kept: Kept | null }) => setRetention(site, kept),
    onSettled: again,
  });
  const undo = ({ site, before }: Change) =>
    save.mutate({ site, kept: site && !before.own ? null : keptOf(before) }, { onSuccess: () => setChanged(null) });
  return (
    <Card title={texts.retention} flush>
      <p className={`${ui.quiet} ${styles.note}`}>
        {texts.retentionIntro} {!admin && texts.adminsOnly}
      </p>
      {changed && (
        <div className={styles.changed} role="status">
          <span>{texts.saved(changed.site?.name ?? texts.allSites)}</span>
          <Button variant="default" loading={save.isPending} onClick={() => undo(changed)}>
            {texts.undo}
          </Button>
        </div>
      )}
      {save.isError && !changing && (
        <div className={styles.note}>
          <ErrorMessage error={save.error} />
        </div>
      )}
      <DataTable
        rows={[null, ...sites.slice(0, MAX_SITES)]}
        keyOf={(site) => site?.id ?? ""}
        label={texts.retention}
        columns={[
          { head: texts.appliesTo, cell: (site) => <AppliesTo site={site} /> },
          { head: texts.samples, cell: (site) => <KeptFor site={site} of="raw_days" /> },
          { head: texts.rollups, cell: (site) => <KeptFor site={site} of="ladder_days" /> },
          admin && {
            number: true,
            cell: (site) => <ChangeButton site={site} change={(before) => setChanging({ site, before })} />,
          },
        ]}
      />
      {sites.length > MAX_SITES && (
        <p className={`${ui.quiet} ${styles.note}`}>
          {texts.firstSites(MAX_SITES, sites.length)} <code>PUT /api/v1/sites/…/retention</code>.
        </p>
      )}
      {changing && all.data && (
        <RetentionForm
          {...changing}
          all={all.data}
          error={save.error}
          busy={save.isPending}
          close={() => {
            save.reset();
            setChanging(null);
          }}
          save={(kept) =>
            save.mutate(
              { site: changing.site, kept },
              {
                onSuccess: () => {
                  setChanged(changing);
                  setChanging(null);
                },
              },
            )
          }
        />
      )}
    </Card>
  );
}

const keptOf = ({ raw_days, ladder_days }: Setting): Kept => ({ raw_days, ladder_days });

const nameOf = (site: Site | null) => site?.name ?? texts.allSitesRow;

function AppliesTo({ site }: { site: Site | null }) {
  const { data } = useRetention(site);
  return (
    <>
      <b className={styles.strong}>{nameOf(site)}</b>
      {!!data?.raw_from && site && (
        <div className={ui.sub}>{texts.samplesDeletedBefore(formatDate(data.raw_from, site.timezone))}</div>
      )}
    </>
  );
}

function KeptFor({ site, of }: { site: Site | null; of: keyof Kept }) {
  const { data, error } = useRetention(site);
  if (error) return of === "raw_days" && <span role="alert">{errorText(error)}</span>;
  if (!data) return null;
  const inherited = site !== null && !data.own;
  return (
    <span className={inherited ? ui.quiet : undefined}>
      {daysName(data[of])}
      {inherited && of === "ladder_days" && texts.sameAsAllSites}
    </span>
  );
}

function ChangeButton({ site, change }: { site: Site | null; change: (before: Setting) => void }) {
  const { data } = useRetention(site);
  if (!data) return null;
  return (
    <Button variant="default" onClick={() => change(data)} aria-label={texts.changeRetention(nameOf(site))}>
      {texts.change}
    </Button>
  );
}
