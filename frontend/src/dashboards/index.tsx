import { Button, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { tenantOfPath } from "../api/client";
import { isMissing } from "../api/problem";
import type { Dashboard, DashboardInfo } from "../api/types";
import { InBar, View } from "../frame";
import { useShortcuts } from "../keyboard";
import { useMoment, useNavigateWith, useParams } from "../moment";
import { useTenant } from "../tenant";
import { CheckIcon, ChevronIcon } from "../ui/icons";
import { Empty, Failed, Loading } from "../ui/states";
import { Actions } from "./Actions";
import { Board } from "./Board";
import styles from "./dashboards.module.css";
import { createDashboard, firstOf, useDashboard, useDashboards, useRefreshDashboards } from "./data";
import { Editing } from "./Editing";
import { Kiosk } from "./Kiosk";
import { Settings } from "./Settings";
import { texts } from "./texts";
import { useRotation } from "./useRotation";

const MIN_ROTATE_S = 5;
const ROTATE_S = 30;

/** Dashboards: the one that the address names, otherwise the default. */
export default function Dashboards() {
  const [path] = useLocation();
  const [params, change] = useParams();
  const tenant = useTenant();
  const navigate = useNavigateWith();
  const { at } = useMoment();
  const list = useDashboards();
  const id = path.split("/")[4] ?? firstOf(list.data ?? [])?.id;
  const editing = params.get("edit") === "1";
  const kiosk = params.get("kiosk") === "1";
  const found = useDashboard(id, !editing);
  const client = useQueryClient();
  const refresh = useRefreshDashboards();
  const [creating, setCreating] = useState(false);
  const mayEdit = tenant !== undefined && tenant.role !== "viewer";
  const base = `/t/${tenant?.slug}/dashboards`;
  const rotate = Number(params.get("rotate")) || null;
  const wanted = params.get("with");
  const turn = useMemo(() => inTurn(list.data ?? [], wanted), [list.data, wanted]);
  const show = useCallback(
    (next: string) => navigate(`${base}/${next}`, { kiosk: 1, rotate, with: wanted }, { replace: true }),
    [navigate, base, rotate, wanted],
  );
  const shown = found.data !== undefined && (editing || !isMissing(found.error));
  const seconds = found.isError && !shown ? MIN_ROTATE_S : Math.max(MIN_ROTATE_S, rotate ?? ROTATE_S);
  useRotation(turn, id, kiosk && rotate !== null ? seconds : null, show);
  const edit = () => change({ edit: 1 }, { replace: true });
  const startKiosk = (rotating: boolean) => navigate(`${base}/${id}`, { kiosk: 1, rotate: rotating ? ROTATE_S : null });
  useShortcuts(
    "dashboards",
    { edit: () => mayEdit && edit(), kiosk: () => startKiosk(false) },
    id !== undefined && !editing && !kiosk,
  );
  const remember = (saved: Dashboard) => {
    client.setQueryData([tenantOfPath(), "dashboards", "one", saved.id], saved);
    void client.invalidateQueries({ queryKey: [tenantOfPath(), "dashboards", "list"] });
  };
  const create = async (content: Parameters<typeof createDashboard>[0]) => {
    const made = await createDashboard(content);
    remember(made);
    navigate(`${base}/${made.id}`, { edit: 1 });
  };
  const form = creating && (
    <Settings
      title={texts.newDashboard}
      content={{ name: "", range: "8h", tiles: [], shared: false, default: false }}
      staysShared={false}
      apply={create}
      close={() => setCreating(false)}
    />
  );
  if (list.isError && !list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!list.data || !tenant) return <Loading />;
  if (id === undefined) {
    return (
      <View title={texts.title}>
        <Empty title={texts.none} action={mayEdit && <Button onClick={() => setCreating(true)}>{texts.create}</Button>}>
          {mayEdit ? texts.noneHint : texts.noneViewer}
        </Empty>
        {form}
      </View>
    );
  }
  const dashboard = shown ? found.data : undefined;
  if (kiosk && dashboard) {
    return (
      <Kiosk
        dashboard={dashboard}
        turn={turn}
        rotating={rotate !== null}
        leave={() => change({ kiosk: null, rotate: null, with: null })}
      />
    );
  }
  return (
    <View title={dashboard?.name ?? texts.title} past={at !== null}>
      <InBar place="crumb">
        <Switcher list={list.data} current={dashboard} open={(next) => navigate(`${base}/${next}`)} />
      </InBar>
      <InBar place="actions">
        {!editing && dashboard && (
          <Actions
            mayEdit={mayEdit}
            edit={edit}
            kiosk={startKiosk}
            several={list.data.length > 1}
            create={() => setCreating(true)}
            report={() => navigate(`${base}/${dashboard.id}/report`)}
          />
        )}
      </InBar>
      <div className={styles.page}>
        {!dashboard ? (
          found.isError ? (
            <Failed error={found.error} what={texts.unavailable} retry={() => void found.refetch()} />
          ) : (
            <Loading />
          )
        ) : editing && mayEdit ? (
          <Editing
            key={dashboard.id}
            dashboard={dashboard}
            onSaved={remember}
            onDeleted={() => {
              navigate(base, {}, { replace: true });
              void refresh();
            }}
            end={() => change({ edit: null }, { replace: true })}
          />
        ) : dashboard.tiles.length === 0 ? (
          <Empty title={texts.empty}>{mayEdit && texts.emptyHint}</Empty>
        ) : (
          <Board key={dashboard.id} dashboard={dashboard} fill={false} />
        )}
      </div>
      {form}
    </View>
  );
}

/** `with=h1,h2`, otherwise all. */
function inTurn(list: DashboardInfo[], wanted: string | null): DashboardInfo[] {
  if (!wanted) return list.filter(({ tiles }) => tiles > 0);
  return wanted.split(",").flatMap((id) => list.find((each) => each.id === id) ?? []);
}

interface SwitcherProps {
  list: DashboardInfo[];
  current: Dashboard | undefined;
  open: (id: string) => void;
}

function Switcher({ list, current, open }: SwitcherProps) {
  const groups = [
    { label: texts.shared, items: list.filter(({ shared }) => shared) },
    { label: texts.mine, items: list.filter(({ shared }) => !shared) },
  ].filter(({ items }) => items.length > 0);
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <button type="button" className={styles.switch}>
          <span>{current?.name ?? texts.title}</span>
          <ChevronIcon size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={styles.menu}>
        {groups.map(({ label, items }) => (
          <div key={label}>
            <Menu.Label>{label}</Menu.Label>
            {items.map((each) => (
              <Menu.Item
                key={each.id}
                onClick={() => open(each.id)}
                leftSection={each.id === current?.id ? <CheckIcon size={14} /> : <span className={styles.blank} />}
                rightSection={each.default && <small>{texts.isDefault}</small>}
              >
                {each.name}
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
