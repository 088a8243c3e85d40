import type { Drawing } from "../types";

export type SaveState =
  | { kind: "saved"; at: number | null }
  | { kind: "waiting" }
  | { kind: "saving" }
  | { kind: "failed"; error: unknown }
  | { kind: "conflict"; error: unknown };

interface Options {
  /** Stores the drawing if `revision` is still the stored one's (undefined: none is stored yet). */
  store: (drawing: Drawing, revision: number | undefined) => Promise<{ revision: number; saved: number }>;
  /** Whether an error says that somebody else stored another revision. */
  isConflict: (error: unknown) => boolean;
  changed: (state: SaveState) => void;
  delayMs?: number;
  retryMs?: number;
}

/** Saves a drawing a moment after its last change: one request at a time, tried again until it is stored. */
export class Saver {
  state: SaveState;
  private pending: Drawing | undefined;
  private running: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly options: Options;
  private revision: number | undefined;

  constructor(options: Options, revision: number | undefined, savedAt: number | null) {
    this.options = options;
    this.revision = revision;
    this.state = { kind: "saved", at: savedAt };
  }

  get storedRevision(): number | undefined {
    return this.revision;
  }

  change(drawing: Drawing): void {
    this.pending = drawing;
    if (this.state.kind === "conflict") return;
    if (!this.running) this.become({ kind: "waiting" });
    this.schedule(this.options.delayMs ?? 1200);
  }

  /** Stores what is not stored yet, now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    if (this.pending && this.state.kind !== "conflict") await this.save();
  }

  /** After a conflict: what I have replaces the stored revision. */
  overwrite(revision: number | undefined, drawing: Drawing): Promise<void> {
    this.revision = revision;
    this.pending = drawing;
    this.become({ kind: "waiting" });
    return this.flush();
  }

  /** After a conflict: the stored revision is what is edited now. */
  accept(revision: number, savedAt: number): void {
    this.revision = revision;
    this.pending = undefined;
    this.become({ kind: "saved", at: savedAt });
  }

  stop(): void {
    clearTimeout(this.timer);
    this.pending = undefined;
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private save(): Promise<void> {
    const drawing = this.pending!;
    this.pending = undefined;
    this.become({ kind: "saving" });
    this.running = this.options
      .store(drawing, this.revision)
      .then(({ revision, saved }) => {
        this.revision = revision;
        this.become(this.pending ? { kind: "waiting" } : { kind: "saved", at: saved });
      })
      .catch((error: unknown) => {
        this.pending ??= drawing;
        if (this.options.isConflict(error)) return this.become({ kind: "conflict", error });
        this.become({ kind: "failed", error });
        this.schedule(this.options.retryMs ?? 5000);
      })
      .finally(() => {
        this.running = undefined;
      });
    return this.running;
  }

  private become(state: SaveState): void {
    this.state = state;
    this.options.changed(state);
  }
}
