import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Retention as Setting, Site } from "../../api/types";
import { formatDate } from "../../format";
import { useSites, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { Trouble } from "../../ui/states";
import { says } from "../../api/problem";
import ui from "../../ui/ui.module.css";
import styles from "../data.module.css";
import { readRetention, setRetention } from "./api";
import type { Kept } from "./api";
import { daysName } from "./days";
import { RetentionForm } from "./RetentionForm";
import { texts } from "./texts";

/** More sites than this are changed by the API. */
const MOST = 50;

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
      <p className={`${ui.quiet} ${styles.told}`}>
        {texts.olderDataDeletedOnce} {!admin && texts.onlyAdministratorsCanChange}
      </p>
      {changed && (
        <div className={styles.changed} role="status">
          <span>{texts.savedTakesEffectNext(changed.site?.name ?? "all sites")}</span>
          <Button variant="default" loading={save.isPending} onClick={() => undo(changed)}>
            {texts.undo}
          </Button>
        </div>
      )}
      {save.isError && !changing && (
        <div className={styles.told}>
          <Trouble error={save.error} />
        </div>
      )}
      <div className={ui.scrollX}>
        <table className={ui.table} aria-label={texts.retention}>
          <thead>
            <tr>
              <th>{texts.applies}</th>
              <th>{texts.samples}</th>
              <th>{texts.rollups}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {[null, ...sites.slice(0, MOST)].map((site) => (
              <Row
                key={site?.id ?? ""}
                site={site}
                change={admin ? (before) => setChanging({ site, before }) : undefined}
              />
            ))}
          </tbody>
        </table>
      </div>
      {sites.length > MOST && (
        <p className={`${ui.quiet} ${styles.told}`}>
          {texts.showingFirst} {MOST} {texts.ofLabel} {sites.length} {texts.sitesChangeOthers}{" "}
          <code>PUT /api/v1/sites/…/retention</code>.
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

function Row({ site, change }: { site: Site | null; change: ((before: Setting) => void) | undefined }) {
  const { data, error } = useRetention(site);
  const name = site?.name ?? texts.allSites2;
  const own = !site || data?.own;
  return (
    <tr>
      <td>
        <b className={styles.strong}>{name}</b>
        {!!data?.raw_from && site && (
          <div className={ui.sub}>{texts.samplesBeforeBeenDeleted(formatDate(data.raw_from, site.timezone))}</div>
        )}
      </td>
      {error ? (
        <td colSpan={2} role="alert">
          {says(error)}
        </td>
      ) : (
        <>
          <td className={own ? undefined : ui.quiet}>{data && daysName(data.raw_days)}</td>
          <td className={own ? undefined : ui.quiet}>
            {data && daysName(data.ladder_days)}
            {data && !own && texts.sameAllSites}
          </td>
        </>
      )}
      <td className={ui.number}>
        {change && data && (
          <Button variant="default" onClick={() => change(data)} aria-label={texts.changeRetention(name)}>
            {texts.change}
          </Button>
        )}
      </td>
    </tr>
  );
}
