/** What the server said was wrong (RFC 9457), or that it could not be reached (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Everything else in the answer, such as the `current` document of a conflict. */
  readonly extra: Record<string, unknown>;

  constructor(status: number, title: string, detail: string, extra: Record<string, unknown> = {}) {
    super(detail || title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.extra = extra;
  }

  /** Worth asking again by itself: nothing answered, or a part behind the server is down. */
  get passing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

export const unreachable = () =>
  new Problem(0, "Server not reachable", "The server cannot be reached. Retrying automatically.");

export async function problemOf(response: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.clone().json()) as Record<string, unknown>;
  } catch {
    // A proxy's page or nothing at all: the status is all there is.
  }
  const { title, detail, status: _status, type: _type, ...extra } = body;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return new Problem(
    response.status,
    text(title) || response.statusText || `Status ${response.status}`,
    text(detail) || (response.status >= 500 ? "The server could not process the request. Nothing was changed." : ""),
    extra,
  );
}

/** One sentence for a person, whatever was thrown. */
export function says(error: unknown): string {
  if (error instanceof Problem) return error.detail || error.title;
  return error instanceof Error ? error.message : String(error);
}
