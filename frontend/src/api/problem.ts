import { texts } from "./texts";

/** What the server said was wrong (RFC 9457), or that it could not be reached (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The last part of `type`, such as "stale-revision"; empty if the response has none. */
  readonly slug: string;
  /** All other members of the response, such as the `current` document of a conflict. */
  readonly extra: Record<string, unknown>;

  constructor(status: number, title: string, detail: string, extra: Record<string, unknown> = {}, slug = "") {
    super(detail || title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.slug = slug;
    this.extra = extra;
  }

  /** Worth retrying automatically: nothing answered, or a service behind the server is down. */
  get transient(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** What was asked for does not exist, as opposed to a request that failed. */
export const isMissing = (error: unknown): boolean => error instanceof Problem && error.status === 404;

export const unreachable = () => new Problem(0, texts.unreachable, texts.unreachableDetail);

export async function problemOf(response: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.clone().json()) as Record<string, unknown>;
  } catch {
    // A proxy's error page, or no body at all: the status is all there is.
  }
  const { title, detail, status: _status, type, ...extra } = body;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return new Problem(
    response.status,
    text(title) || response.statusText || texts.status(response.status),
    text(detail) || (response.status >= 500 ? texts.serverError : ""),
    extra,
    text(type).split("/").at(-1),
  );
}

/** One sentence for a person, whatever was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof Problem) return error.detail || error.title;
  return error instanceof Error ? error.message : String(error);
}
