import { withQuery } from "../api/client";
import { EventParser } from "./sse";
import type { StreamEvent } from "./sse";

/**
 * live: what arrives is up to date. reconnecting: it was, and the connection is lost. refused: the server does not give
 * us this stream.
 */
export type StreamState = "off" | "connecting" | "live" | "reconnecting" | "refused";

export interface Subscription {
  tenant: string | null;
  query: Record<string, string>;
}

const FIRST_PAUSE_MS = 300;
const MAX_PAUSE_MS = 15_000;
const REFUSED_PAUSE_MS = 60_000;
/** The server gives a sign of life every 5 s. */
const SILENCE_MS = 15_000;

/** Doubling, and never for all viewers alike: they lost the same server at the same moment. */
export const pauseAfter = (failures: number): number =>
  Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2);

const sleep = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });

/** One stream at a time; it is opened again after a loss, and goes on after the last event received. */
export class StreamConnection {
  state: StreamState = "off";
  private closing: AbortController | undefined;
  private lastId = "";

  constructor(
    private readonly handle: (event: StreamEvent) => void,
    private readonly changed: (state: StreamState) => void,
  ) {}

  /** Replaces the stream that is open. `goOn`: after the last event of the one before. */
  open(subscription: Subscription, goOn = false): void {
    this.closing?.abort();
    if (!goOn) this.lastId = "";
    this.closing = new AbortController();
    this.set("connecting");
    void this.run(subscription, this.closing.signal);
  }

  close(): void {
    this.closing?.abort();
    this.closing = undefined;
    this.set("off");
  }

  private async run(subscription: Subscription, signal: AbortSignal) {
    for (let failures = 0; !signal.aborted; failures++) {
      let refused = false;
      try {
        refused = await this.follow(subscription, signal, () => (failures = 0));
      } catch {
        // The network, or our own end after a silence: the same as an ended stream.
      }
      if (signal.aborted) return;
      this.set(refused ? "refused" : "reconnecting");
      await sleep(refused ? REFUSED_PAUSE_MS : pauseAfter(failures), signal);
    }
  }

  /** Until the stream ends. Whether the server refuses it. */
  private async follow({ tenant, query }: Subscription, signal: AbortSignal, started: () => void): Promise<boolean> {
    const silent = new AbortController();
    const abort = () => silent.abort();
    signal.addEventListener("abort", abort);
    let timer = setTimeout(abort, SILENCE_MS);
    try {
      const headers = new Headers({ Accept: "text/event-stream" });
      if (tenant) headers.set("X-Plantrace-Tenant", tenant);
      if (this.lastId) headers.set("Last-Event-ID", this.lastId);
      const url = withQuery("/api/v1/stream", query);
      // The stream may be at another port of this host, to which the server redirects.
      const response = await fetch(url, { headers, signal: silent.signal, credentials: "include" });
      if (!response.ok || !response.body)
        return response.status >= 400 && response.status < 500 && response.status !== 429;
      const [reader, decoder, parser] = [response.body.getReader(), new TextDecoder(), new EventParser()];
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return false;
        clearTimeout(timer);
        timer = setTimeout(abort, SILENCE_MS);
        for (const event of parser.push(decoder.decode(value, { stream: true }))) {
          if (event.id) this.lastId = event.id;
          if (event.name !== "end") {
            started();
            this.handle(event);
            // What is shown may be older than the loss until the values that follow have arrived.
            if (event.name !== "reload") this.set("live");
          }
        }
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      abort();
    }
  }

  private set(state: StreamState) {
    if (state === this.state) return;
    this.state = state;
    this.changed(state);
  }
}
