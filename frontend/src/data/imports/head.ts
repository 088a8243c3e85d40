const PEEKED_BYTES = 65_536;
const DELIMITERS = [",", ";", "\t", "|"];
const MAX_COLUMNS = 2_000;

/** The start of a text file, for the form; the server decides for itself how to read it. */
export interface Head {
  file: string;
  columns: string[];
  rows: string[][];
}

/** The columns of a file; null if only the server can read them (workbooks, Parquet, archives). */
export async function peek(file: File): Promise<Head | null> {
  const bytes = await beginning(file);
  const text = bytes && decode(bytes);
  return text ? headOf(file.name, text) : null;
}

async function beginning(file: File): Promise<Uint8Array | null> {
  const start = new Uint8Array(await file.slice(0, PEEKED_BYTES).arrayBuffer());
  if (start[0] !== 0x1f || start[1] !== 0x8b) return start;
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    return (await reader.read()).value ?? null;
  } catch {
    return null;
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** Text of UTF-8, UTF-16 with its mark or Windows-1252; null for anything with zero bytes. */
function decode(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.includes(0)) return null;
  const text = new TextDecoder("utf-8").decode(bytes);
  // The last character may be cut off; any other invalid UTF-8 means an older encoding.
  return text.slice(0, -4).includes("\ufffd") ? new TextDecoder("windows-1252").decode(bytes) : text;
}

export function headOf(file: string, text: string): Head | null {
  const lines = text.split(/\r\n|\n|\r/);
  const filled = lines.slice(0, lines.length > 1 ? -1 : undefined).filter((line) => line.trim() !== "");
  const [first, ...rest] = filled.length ? filled : lines;
  if (!first?.trim()) return null;
  const delimiter = DELIMITERS.reduce((best, each) => (count(first, each) > count(first, best) ? each : best), ",");
  const columns = cellsOf(first, delimiter).map((cell) => cell.split(/\s+/).filter(Boolean).join(" "));
  return { file, columns: columns.slice(0, MAX_COLUMNS), rows: rest.slice(0, 3).map((row) => cellsOf(row, delimiter)) };
}

const count = (line: string, delimiter: string) => cellsOf(line, delimiter).length;

/** The cells of one line; a delimiter inside quotation marks is an ordinary character. */
export function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at]!;
    if (quoted && sign === '"' && line[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (sign === '"' && (quoted || cell === "")) quoted = !quoted;
    else if (sign === delimiter && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += sign;
  }
  return [...cells, cell];
}
