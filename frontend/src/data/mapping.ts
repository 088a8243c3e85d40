interface Choices {
  site: string;
  layout: "wide" | "long";
  zone: string;
  format: string;
  columns: string;
}

/** The mapping that the server reads, from what a person typed; or which line is wrong. */
export function makeMapping(choices: Choices): { mapping: Record<string, unknown>; error: string | null } {
  const pairs: Record<string, string> = {};
  let error: string | null = null;
  choices.columns.split("\n").forEach((line, index) => {
    if (!line.trim()) return;
    const at = line.lastIndexOf("=");
    const [left, right] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (at < 0 || !left || !right) error ??= `Line ${index + 1} is not “column = tag”: ${line.trim()}`;
    else pairs[left] = right;
  });
  const time: Record<string, string> = {};
  if (choices.zone.trim()) time.zone = choices.zone.trim();
  if (choices.format.trim()) time.format = choices.format.trim();
  const mapping: Record<string, unknown> = { site: choices.site, layout: choices.layout };
  if (Object.keys(time).length) mapping.time = time;
  if (Object.keys(pairs).length) mapping[choices.layout === "wide" ? "columns" : "sensors"] = pairs;
  return { mapping, error };
}
