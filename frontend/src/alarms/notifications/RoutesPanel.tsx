import { ActionIcon, Button } from "@mantine/core";
import { useParam } from "../../moment";
import { Card } from "../../ui/Card";
import { Empty, ErrorMessage, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { putOrder } from "./api";
import type { Route } from "./api";
import { useChange, useNames, useRoutes } from "./data";
import { DownIcon, UpIcon } from "./icons";
import { DryRun } from "./DryRun";
import styles from "./notifications.module.css";
import { RouteEditor } from "./RouteEditor";
import { texts } from "./texts";
import { extraWords, inOrder, matchWords, moved, stepWords } from "./words";
import type { Names } from "./words";

const NEW = "new";

/** The routes in the order in which they are looked at, or one of them in the form. */
export function RoutesPanel({ mayEdit }: { mayEdit: boolean }) {
  const [open, setOpen] = useParam("route");
  const list = useRoutes();
  const names = useNames();
  if (list.isError) return <Failed error={list.error} what={texts.failed} retry={() => void list.refetch()} />;
  if (list.isPending || !names) return <Loading />;
  const routes = inOrder(list.data);
  const route = routes.find((each) => each.id === open);
  if (open && (open === NEW || route))
    return (
      <RouteEditor
        key={open}
        route={route}
        place={(routes.at(-1)?.order ?? 0) + 10}
        mayEdit={mayEdit}
        close={() => setOpen(null, false)}
        stored={(made) => setOpen(made.id)}
      />
    );
  const add = mayEdit && <Button onClick={() => setOpen(NEW, false)}>{texts.addRoute}</Button>;
  if (routes.length === 0)
    return (
      <Empty title={texts.noRoutes} action={add}>
        {mayEdit ? texts.noRoutesHint : texts.noRoutesEngineer}
      </Empty>
    );
  return (
    <>
      {open && <p role="alert">{texts.goneRoute}</p>}
      <div className={styles.columns}>
        <Card title={texts.routes} aside={add} flush>
          <RouteList routes={routes} names={names} mayEdit={mayEdit} open={(id) => setOpen(id, false)} />
        </Card>
        <Card title={texts.dryRun}>
          <DryRun />
        </Card>
      </div>
    </>
  );
}

interface ListProps {
  routes: readonly Route[];
  names: Names;
  mayEdit: boolean;
  open: (id: string) => void;
}

function RouteList({ routes, names, mayEdit, open }: ListProps) {
  const moving = useChange(putOrder);
  return (
    <>
      <ErrorMessage error={moving.error} />
      <ol className={styles.routes} aria-label={texts.routes}>
        {routes.map((route, index) => (
          <li key={route.id} data-off={!route.enabled || undefined}>
            <span className={styles.place}>{index + 1}</span>
            <div className={styles.route}>
              <div className={styles.routeHead}>
                <button type="button" className={`${ui.link} ${styles.routeName}`} onClick={() => open(route.id)}>
                  {route.name}
                </button>
                {!route.enabled && <span className={ui.chip}>{texts.off}</span>}
              </div>
              <p>{matchWords(route.match, names)}</p>
              <Steps route={route} names={names} />
              <Extras route={route} names={names} />
            </div>
            {mayEdit && (
              <div className={styles.moves}>
                <ActionIcon
                  variant="default"
                  aria-label={texts.up(route.name)}
                  disabled={index === 0 || moving.isPending}
                  onClick={() => moving.mutate(moved(routes, route.id, -1))}
                >
                  <UpIcon />
                </ActionIcon>
                <ActionIcon
                  variant="default"
                  aria-label={texts.down(route.name)}
                  disabled={index === routes.length - 1 || moving.isPending}
                  onClick={() => moving.mutate(moved(routes, route.id, 1))}
                >
                  <DownIcon />
                </ActionIcon>
              </div>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function Steps({ route, names }: { route: Route; names: Names }) {
  return (
    <dl className={styles.steps}>
      {route.steps.map((step, index) => {
        const { when, who } = stepWords(step, names);
        return (
          <div key={index}>
            <dt>{when}</dt>
            <dd>{who}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function Extras({ route, names }: { route: Route; names: Names }) {
  const words = extraWords(route, names);
  return words.length > 0 && <p className={ui.sub}>{words.join(" · ")}</p>;
}
