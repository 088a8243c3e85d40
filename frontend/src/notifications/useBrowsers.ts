import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { addBrowser, readBrowsers, removeBrowser } from "./api";
import { digestOf, presentSubscription, subscribe, supportOf } from "./push";
import { texts } from "./texts";

const BROWSER = ["push", "browser"];

async function presentDigest(): Promise<string | null> {
  const subscription = await presentSubscription();
  return subscription && (await digestOf(subscription.endpoint));
}

async function subscribed(key: string) {
  const made = await subscribe(key).catch((error: unknown) => {
    throw new Error(texts.failed, { cause: error });
  });
  if (made === "denied") throw new Error(texts.denied);
  return made;
}

/** Whether alarms of a tenant are shown in this browser, and in which others of the same person. */
export function useBrowsers(tenant: string) {
  const client = useQueryClient();
  const queryKey = [tenant, "push"];
  const list = useQuery({ queryKey, queryFn: ({ signal }) => readBrowsers(tenant, signal), staleTime: 30_000 });
  const here = useQuery({ queryKey: BROWSER, queryFn: presentDigest, staleTime: 30_000 });
  const browsers = list.data?.results ?? [];
  const own = browsers.find((each) => each.digest === here.data);
  const refresh = () =>
    Promise.all([client.invalidateQueries({ queryKey }), client.invalidateQueries({ queryKey: BROWSER })]);
  const add = useMutation({
    mutationFn: async (key: string) => addBrowser(tenant, await subscribed(key)),
    onSettled: refresh,
  });
  const remove = useMutation({ mutationFn: (id: string) => removeBrowser(tenant, id), onSettled: refresh });
  return {
    support: supportOf(),
    isPending: list.isPending || here.isPending,
    error: list.error ?? add.error ?? remove.error,
    key: list.data?.key ?? null,
    own,
    others: browsers.filter((each) => each !== own),
    busy: add.isPending || remove.isPending,
    add: add.mutate,
    remove: remove.mutate,
  };
}
