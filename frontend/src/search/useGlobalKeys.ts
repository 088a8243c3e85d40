import { useShortcuts } from "../keyboard";
import { momentNow, setMoment, useNavigateWith } from "../moment";
import { useTenant } from "../tenant";
import { openKeys, openSearch } from "./open";

/** Keys that work on every page. */
export function useGlobalKeys(): void {
  const tenant = useTenant();
  const navigate = useNavigateWith();
  const go = (view: string) => () => tenant !== undefined && navigate(`/t/${tenant.slug}/${view}`);
  useShortcuts("global", {
    search: openSearch,
    help: openKeys,
    filter: () => {
      const field = document.querySelector<HTMLInputElement>("[data-filter]");
      if (field) field.focus();
      else openSearch();
    },
    live: () => momentNow() !== null && setMoment(null),
    home: go("home"),
    plant: go("plant"),
    trends: go("trends"),
    data: go("data"),
    members: go("members"),
    dashboards: go("dashboards"),
    alarms: go("alarms"),
    work: go("work"),
  });
}
