import { vi } from "vitest";

/** For tests: the server's side of each stream that was asked for. */
export interface ServedStream {
  url: URL;
  headers: Headers;
  send: (event: string, data: unknown, id?: string) => void;
  comment: () => void;
  end: () => void;
}

/** Answers requests of streams with `respond`'s status, and others with `otherwise`. */
export function serveStreams(respond: () => number = () => 200, otherwise?: (url: URL) => unknown) {
  const streams: ServedStream[] = [];
  const others: URL[] = [];
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input, location.origin);
    if (url.pathname !== "/api/v1/stream") {
      others.push(url);
      return new Response(JSON.stringify(otherwise?.(url) ?? {}), { status: 200 });
    }
    const encoder = new TextEncoder();
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
    init?.signal?.addEventListener("abort", () => {
      try {
        controller.error(new DOMException("aborted", "AbortError"));
      } catch {
        // It had ended.
      }
    });
    const write = (text: string) => controller.enqueue(encoder.encode(text));
    streams.push({
      url,
      headers: new Headers(init?.headers),
      send: (event, data, id = "1-1") => write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`),
      comment: () => write(": alive\n\n"),
      end: () => controller.close(),
    });
    const status = respond();
    return status === 200 ? new Response(body, { status }) : new Response("{}", { status });
  });
  return { streams, others };
}
