import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, get, localUrl, tenantOfPath } from "../api/client";
import type { Page } from "../api/client";
import { useRefreshCases } from "../cases";

interface Stored {
  id: string;
  revision: number;
}

interface Saving<T, Draft> {
  /** What is changed; undefined: a new one. */
  from: T | undefined;
  draft: Draft;
}

/** Reading and writing of what opens cases. `One`: as it is read by itself. `at`: as of then; null: now. */
export function documentsAt<T extends Stored, One extends T, Draft extends object>(url: string, name: string) {
  const key = (...rest: unknown[]) => [tenantOfPath(), name, ...rest];
  return {
    useList: (at: number | null) =>
      useInfiniteQuery({
        queryKey: key("list", at),
        queryFn: ({ pageParam, signal }) =>
          get<Page<T>>(localUrl(pageParam) ?? url, pageParam ? undefined : { limit: 200, at }, signal),
        initialPageParam: null as string | null,
        getNextPageParam: (last) => last.next,
        placeholderData: keepPreviousData,
        refetchInterval: at === null && 60_000,
      }),
    useOne: (id: string, at: number | null) =>
      useQuery({
        queryKey: key("one", id, at),
        queryFn: ({ signal }) => get<One>(`${url}/${id}`, { at }, signal),
        refetchInterval: at === null && 60_000,
        retry: false,
      }),
    useSave: () => {
      const onSettled = useRefreshCases();
      return useMutation({
        mutationFn: ({ from, draft }: Saving<T, Draft>) =>
          from
            ? call<T>("PUT", `${url}/${from.id}`, { body: { ...draft, revision: from.revision } })
            : call<T>("POST", url, { body: draft }),
        onSettled,
      });
    },
    /** Afterwards the lists are read again, and not what is gone. */
    useDelete: () => {
      const client = useQueryClient();
      return useMutation({
        mutationFn: ({ id, revision }: T) =>
          call<undefined>("DELETE", `${url}/${id}`, { headers: { "If-Match": `"${revision}"` } }),
        onSuccess: () => client.invalidateQueries({ queryKey: key("list") }),
      });
    },
  };
}
