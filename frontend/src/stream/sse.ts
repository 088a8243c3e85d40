export interface StreamEvent {
  /** ":" is a comment, which only says that the other side is there. */
  name: string;
  id: string;
  data: string;
}

/** Splits the text of server-sent events, in whatever pieces it arrives, into events. */
export class EventParser {
  private rest = "";
  private fields: Partial<StreamEvent> = {};

  push(text: string): StreamEvent[] {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop()!;
    const found: StreamEvent[] = [];
    for (const line of lines) {
      if (line.startsWith(":")) found.push({ name: ":", id: "", data: "" });
      else if (line !== "") this.read(line);
      else if (this.fields.data !== undefined) {
        found.push({ name: "message", id: "", data: "", ...this.fields });
        this.fields = {};
      } else if (this.fields.id !== undefined) {
        found.push({ name: ":", id: this.fields.id, data: "" });
        this.fields = {};
      }
    }
    return found;
  }

  private read(line: string) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    const field = line.slice(0, colon);
    if (field === "event") this.fields.name = value;
    else if (field === "id") this.fields.id = value;
    else if (field === "data") this.fields.data = (this.fields.data ?? "") + value;
  }
}
