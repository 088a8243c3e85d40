import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isMissing, Problem } from "./problem";

function signInAgain(error: unknown) {
  const public_ = /^\/(sign-in|invite|password-reset)/.test(location.pathname);
  if (error instanceof Problem && error.status === 401 && !public_) {
    const next = location.pathname + location.search;
    location.assign(`/sign-in?${new URLSearchParams({ next })}`);
  }
}

const RECOVER_MS = 30_000;

/** `refetchInterval` of what a screen without a user shows: what failed is read again, what does not exist is not. */
export const untilRead = ({ state }: { state: { error: unknown } }): number | false =>
  state.error !== null && !isMissing(state.error) ? RECOVER_MS : false;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: signInAgain }),
    mutationCache: new MutationCache({ onError: signInAgain }),
    defaultOptions: {
      // What counts is whether the server responds, not the browser's idea of the network.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        // A service that is down recovers; a wrong request stays wrong however often it is repeated.
        retry: (count, error) => error instanceof Problem && error.transient && count < 60,
        retryDelay: (count) => Math.min(500 * 2 ** count, 5000),
      },
    },
  });
}
