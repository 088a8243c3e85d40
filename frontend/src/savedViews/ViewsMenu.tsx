import { Button, Menu } from "@mantine/core";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useParams } from "../moment";
import { useSite, useTenant } from "../tenant";
import { CheckIcon } from "../ui/icons";
import { defaultOf, useSavedViews } from "./data";
import { changesFor, differs, trendOf } from "./state";
import styles from "./savedViews.module.css";
import { texts } from "./texts";
import type { SavedView } from "../api/types";
import { lazy } from "../ui/lazy";

const SaveView = lazy(() => import("./SaveView").then(({ SaveView }) => ({ default: SaveView })));

/** The saved views of the site: to open, save and edit. `slots`: the ids of the sensors on the page. */
export function ViewsMenu({ slots }: { slots: (string | null)[] }) {
  const site = useSite();
  const tenant = useTenant();
  const views = useSavedViews(site?.id).data;
  const [params, change] = useParams();
  const [saving, setSaving] = useState<SavedView | "new" | null>(null);
  const active = views?.find((view) => view.id === params.get("view"));
  const trend = useMemo(() => trendOf(params, slots), [params, slots]);
  const modified = active !== undefined && differs(trend, active.trend);
  const open = (view: SavedView, replace = false) => change(changesFor(view, params), { replace });
  useDefault(views, open);
  const mayEdit = tenant !== undefined && tenant.role !== "viewer";
  const groups = [
    { label: texts.shared, items: views?.filter((view) => view.shared) ?? [] },
    { label: texts.mine, items: views?.filter((view) => !view.shared) ?? [] },
  ].filter(({ items }) => items.length > 0);
  return (
    <>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <Button variant="default" className={styles.target}>
            <span className={styles.name}>{active ? active.name : texts.views}</span>
            {modified && <small>{texts.changed}</small>}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={styles.menu}>
          {groups.length === 0 && <Menu.Label>{texts.none}</Menu.Label>}
          {groups.map(({ label, items }) => (
            <div key={label}>
              <Menu.Label>{label}</Menu.Label>
              {items.map((view) => (
                <Menu.Item
                  key={view.id}
                  onClick={() => open(view)}
                  leftSection={view.id === active?.id ? <CheckIcon size={14} /> : <span className={styles.blank} />}
                  rightSection={view.default && <small>{texts.isDefault}</small>}
                >
                  {view.name}
                </Menu.Item>
              ))}
            </div>
          ))}
          {mayEdit && <Menu.Divider />}
          {mayEdit && (
            <Menu.Item onClick={() => setSaving("new")} disabled={!slots.some(Boolean)}>
              {texts.saveAs}
            </Menu.Item>
          )}
          {mayEdit && active && <Menu.Item onClick={() => setSaving(active)}>{texts.edit(active.name)}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {saving && site && (
        <Suspense fallback={null}>
          <SaveView
            view={saving === "new" ? undefined : saving}
            trend={trend}
            modified={modified}
            site={site.id}
            close={() => setSaving(null)}
            saved={(view) => change({ view: view?.id ?? null }, { replace: true })}
          />
        </Suspense>
      )}
    </>
  );
}

/** If the page came up without sensors: opens the view that the address names, otherwise the default. */
function useDefault(views: SavedView[] | undefined, open: (view: SavedView, replace: boolean) => void) {
  const bare = useRef(!new URLSearchParams(location.search).has("sensors"));
  useEffect(() => {
    if (!views || !bare.current) return;
    bare.current = false;
    const params = new URLSearchParams(location.search);
    const view = views.find(({ id }) => id === params.get("view")) ?? defaultOf(views);
    if (view && !params.has("sensors")) open(view, true);
  }, [views, open]);
}
