/** How many sensors a trend shows at once. */
export const MAX_TRACES = 8;

/** `sensors=a,,b`: when one is removed, its empty slot keeps the colours of the later ones. */
export function readSlots(text: string | null): (string | null)[] {
  if (!text) return [];
  const slots = text.split(",").map((id) => id.trim() || null);
  return slots.slice(0, MAX_TRACES);
}

export function writeSlots(slots: (string | null)[]): string | null {
  const used = [...slots];
  while (used.length && !used.at(-1)) used.pop();
  return used.length ? used.map((id) => id ?? "").join(",") : null;
}

/** The part of `limits` ("1:18..40,3:..5") of slots that have the same sensor before and after. */
export function keepLimits(text: string | null, before: (string | null)[], after: (string | null)[]): string | null {
  const kept = (text ?? "").split(",").filter((part) => {
    const slot = Number(part.split(":")[0]);
    const id = before[slot - 1];
    return id != null && id === after[slot - 1];
  });
  return kept.length > 0 ? kept.join(",") : null;
}

/** Adds the sensor to the first free slot, or removes it; null if every slot is taken. */
export function toggleSlot(slots: (string | null)[], id: string): (string | null)[] | null {
  const at = slots.indexOf(id);
  if (at >= 0) return slots.map((each, index) => (index === at ? null : each));
  const free = slots.indexOf(null);
  if (free >= 0) return slots.map((each, index) => (index === free ? id : each));
  return slots.length < MAX_TRACES ? [...slots, id] : null;
}

/** The parameters that show one more sensor; if every slot is taken, it alone. `idOf`: the id of a sensor named by tag. */
export function withSensor(params: URLSearchParams, id: string, idOf: (name: string) => string | undefined) {
  const slots = readSlots(params.get("sensors")).map((name) => name && (idOf(name) ?? name));
  const next = slots.includes(id) ? slots : (toggleSlot(slots, id) ?? [id]);
  return { sensors: writeSlots(next), limits: keepLimits(params.get("limits"), slots, next) };
}
