import { texts } from "./texts";

export type Kind = "restart" | "set-config" | "upgrade" | "other";

/** What is sent with a command of this kind; a text says what is wrong with what was typed. */
export function parametersOf(kind: Kind, text: string): Record<string, unknown> | string {
  if (kind === "restart" || !text.trim()) return {};
  if (kind === "upgrade") return { firmware: text.trim() };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return texts.notJson;
  }
  if (kind === "set-config") return { configuration: value };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return texts.notObject;
  return value as Record<string, unknown>;
}
