import type { LazyExoticComponent } from "react";
// eslint-disable-next-line no-restricted-imports
import { lazy as reactLazy } from "react";

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;

/** A component's file is no longer there: this page is older than the server. */
export class OutdatedPage extends Error {}

/** React's, which tries again while the server is not reachable. */
export const lazy: typeof reactLazy = (load) => reactLazy(() => persistently(load)) as LazyExoticComponent<never>;

/** What `load` imports. Rejects with `OutdatedPage` if it fails twice although the server answers. */
export async function persistently<T>(load: () => Promise<T>): Promise<T> {
  let refused = false;
  for (let pause = 0; ; pause = Math.min(2 * pause || FIRST_PAUSE_MS, MAX_PAUSE_MS)) {
    try {
      if (pause) await wait(pause).then(failedStyles);
      return await load();
    } catch (error) {
      const reached = await isReached();
      if (reached && refused) throw new OutdatedPage((error as Error).message);
      refused = reached;
    }
  }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const isReached = () =>
  fetch("/healthz", { cache: "no-store" })
    .then((response) => response.ok)
    .catch(() => false);

/** Loads the stylesheets that failed: Vite requests each only once, whatever comes of it. */
const failedStyles = () =>
  Promise.all(
    [...document.querySelectorAll("link")]
      .filter((link) => link.rel === "stylesheet" && !link.sheet)
      .map(
        (link) =>
          new Promise((resolve, reject) => {
            const again = link.cloneNode() as HTMLLinkElement;
            again.onload = resolve;
            again.onerror = () => reject(new Error(`${link.href} cannot be loaded`));
            link.replaceWith(again);
          }),
      ),
  );
