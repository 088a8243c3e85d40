import { Button, Menu } from "@mantine/core";
import { Suspense, useState } from "react";
import { errorText } from "../api/problem";
import type { Dashboard, Tile } from "../api/types";
import { useShortcuts } from "../keyboard";
import { Empty, Loading } from "../ui/states";
import ui from "../ui/ui.module.css";
import styles from "./dashboards.module.css";
import { deleteDashboard } from "./data";
import { MAX_TILES, newId, placeFor } from "./layout";
import { Settings } from "./Settings";
import { texts } from "./texts";
import { TileForm } from "./TileForm";
import { useAutosave } from "./useAutosave";
import { lazy } from "../ui/lazy";

const EditGrid = lazy(() => import("./EditGrid"));
const KINDS = Object.keys(texts.kinds) as Tile["kind"][];
const STATES = { saved: texts.saved, saving: texts.saving, failed: texts.notSaved };

interface Props {
  dashboard: Dashboard;
  onSaved: (dashboard: Dashboard) => void;
  onDeleted: () => void;
  end: () => void;
}

/** A dashboard that is edited; every change is saved by itself. */
export function Editing({ dashboard, onSaved, onDeleted, end }: Props) {
  const { content, state, error, conflict, change, resolve, store, discard } = useAutosave({ dashboard, onSaved });
  const [form, setForm] = useState<Tile | null>(null);
  const [settings, setSettings] = useState(false);
  const tiles = (content.tiles ?? []) as Tile[];
  const range = content.range ?? "8h";
  const setTiles = (next: Tile[]) => change((old) => ({ ...old, tiles: next }));
  const finish = () => void store().then((stored) => stored && end());
  useShortcuts("dashboards", { edit: finish, leave: finish });
  const add = (kind: Tile["kind"]) => {
    const empty = { title: "", sensors: [], range: null, view: null, schematic: null, text: "" };
    setForm({ ...empty, id: newId(tiles), kind, ...placeFor(kind, tiles) });
  };
  const apply = (tile: Tile) => {
    const known = tiles.some(({ id }) => id === tile.id);
    setTiles(known ? tiles.map((each) => (each.id === tile.id ? { ...each, ...tile } : each)) : [...tiles, tile]);
    setForm(null);
  };
  return (
    <>
      <div className={styles.tools} role="toolbar" aria-label={texts.edit}>
        <Menu position="bottom-start">
          <Menu.Target>
            <Button disabled={tiles.length >= MAX_TILES}>{texts.addTile}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {KINDS.map((kind) => (
              <Menu.Item key={kind} onClick={() => add(kind)}>
                {texts.kinds[kind]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Button variant="default" onClick={() => setSettings(true)}>
          {texts.settings}
        </Button>
        <span className={styles.state} role="status" data-state={state} data-testid="save-state">
          {STATES[state]}
        </span>
        <Button variant="default" onClick={finish}>
          {texts.done}
        </Button>
      </div>
      {error !== null && (
        <div className={ui.trouble} role="alert">
          <p>{errorText(error)}</p>
          <div className={ui.actions}>
            <Button
              variant="default"
              onClick={() => {
                discard();
                end();
              }}
            >
              {texts.discard}
            </Button>
          </div>
        </div>
      )}
      {conflict && (
        <div className={ui.trouble} role="alertdialog" aria-label={texts.conflict(conflict.changed_by)}>
          <p>{texts.conflict(conflict.changed_by)}</p>
          <div className={ui.actions}>
            <Button onClick={() => resolve(true)}>{texts.keepMine}</Button>
            <Button variant="default" onClick={() => resolve(false)}>
              {texts.takeTheirs}
            </Button>
          </div>
        </div>
      )}
      {tiles.length === 0 && <Empty title={texts.empty} />}
      <Suspense fallback={<Loading />}>
        <EditGrid tiles={tiles} range={range} setTiles={setTiles} edit={setForm} />
      </Suspense>
      {form && (
        <TileForm
          tile={form}
          range={range}
          shared={content.shared ?? false}
          apply={apply}
          close={() => setForm(null)}
        />
      )}
      {settings && (
        <Settings
          title={texts.editDashboard}
          content={content}
          staysShared={dashboard.shared && !dashboard.mine}
          apply={(next) => change((old) => ({ ...next, tiles: old.tiles }))}
          remove={() => deleteDashboard(dashboard.id).then(onDeleted)}
          close={() => setSettings(false)}
        />
      )}
    </>
  );
}
