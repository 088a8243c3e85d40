/** A mapping as a person changes it, with undo. Pure. */
import type { Mapping, MappingDraft, Rule, TriedArrival } from "./api";
import { texts } from "./texts";

export interface TagDraft {
  key: string;
  text: string;
}

export interface RuleDraft extends Omit<Rule, "tags" | "scale" | "offset"> {
  /** Of this page only: a rule has no id. */
  id: number;
  tags: TagDraft[];
  scale: string;
  offset: string;
}

export interface ApartDraft {
  source: string;
  tag: string;
  by: "sensor" | "time";
}

export interface Draft {
  unmatched: Mapping["unmatched"];
  site: string;
  distinguish: ApartDraft[];
  rules: RuleDraft[];
}

/** By the server's name of the field: `rules[0].tags.host`, `site`. */
export type Errors = Record<string, string>;

let lastId = 0;
const nextId = () => ++lastId;

const ruleDraftOf = (rule: Rule): RuleDraft => ({
  ...rule,
  id: nextId(),
  tags: Object.entries(rule.tags).map(([key, text]) => ({ key, text })),
  scale: String(rule.scale),
  offset: String(rule.offset),
});

export const draftOf = (mapping: MappingDraft): Draft => ({
  unmatched: mapping.unmatched,
  site: mapping.site,
  distinguish: Object.entries(mapping.distinguish).map(([source, each]) => ({ source, tag: each.tag, by: each.by })),
  rules: mapping.rules.map(ruleDraftOf),
});

const EMPTY: Rule = {
  name: "",
  tags: {},
  field: "{field}",
  source: "",
  site: "",
  sensor: "",
  unit: "",
  scale: 1,
  offset: 0,
  description: "",
  enabled: true,
};

export const newRule = (part: Partial<Rule> = {}): RuleDraft => ruleDraftOf({ ...EMPTY, ...part });

/** Another one with the same contents, also those that are not valid yet. */
export const copyOf = (rule: RuleDraft): RuleDraft => ({ ...rule, id: nextId() });

/** The mapping that a draft describes, and what in it cannot even be sent. */
export function mappingOf(draft: Draft): { mapping: MappingDraft; errors: Errors } {
  const errors: Errors = {};
  const rules = draft.rules.map((rule, place): Rule => {
    const { id: _id, tags, scale, offset, ...rest } = rule;
    const number = (field: string, text: string) => {
      const found = Number(text.trim().replace("\u2212", "-"));
      if (!text.trim() || !Number.isFinite(found)) errors[`rules[${place}].${field}`] = texts.notANumber;
      return found;
    };
    for (const field of ["name", "field", "site", "sensor"] as const)
      if (!rule[field]) errors[`rules[${place}].${field}`] = texts.empty;
    const named: Record<string, string> = {};
    for (const { key, text } of tags) {
      if (key in named) errors[`rules[${place}].tags.${key}`] = texts.tagTwice;
      if (key || text) named[key] = text;
    }
    return { ...rest, tags: named, scale: number("scale", scale), offset: number("offset", offset) };
  });
  const { unmatched, site } = draft;
  const distinguish = Object.fromEntries(draft.distinguish.map(({ source, tag, by }) => [source, { tag, by }]));
  return { mapping: { unmatched, site, distinguish, rules }, errors };
}

export const same = (a: Draft, b: Draft): boolean =>
  JSON.stringify(mappingOf(a).mapping) === JSON.stringify(mappingOf(b).mapping);

export const withRule = (draft: Draft, place: number, part: Partial<RuleDraft>): Draft => ({
  ...draft,
  rules: draft.rules.map((rule, index) => (index === place ? { ...rule, ...part } : rule)),
});

export const withoutRule = (draft: Draft, place: number): Draft => ({
  ...draft,
  rules: draft.rules.filter((_, index) => index !== place),
});

/** Before the rule at `place`; at the end without one. */
export const insertRule = (draft: Draft, rule: RuleDraft, place = draft.rules.length): Draft => ({
  ...draft,
  rules: draft.rules.toSpliced(place, 0, rule),
});

/** The rule one place up (-1) or down (1); the same draft at the ends. */
export function moveRule(draft: Draft, place: number, by: -1 | 1): Draft {
  const to = place + by;
  const moved = draft.rules[place];
  if (!moved || to < 0 || to >= draft.rules.length) return draft;
  return { ...draft, rules: draft.rules.toSpliced(place, 1).toSpliced(to, 0, moved) };
}

/** A draft and what it was before each change; changes of one field that follow one another are one. */
export interface History {
  draft: Draft;
  past: Draft[];
  last: string;
}

const MAX_PAST = 100;

export const startOf = (draft: Draft): History => ({ draft, past: [], last: "" });

/** `what`: the field, if it is being typed; other changes are undone one by one. */
export function changed(history: History, draft: Draft, what = ""): History {
  if (draft === history.draft) return history;
  const goesOn = what !== "" && what === history.last;
  return { draft, past: goesOn ? history.past : [...history.past, history.draft].slice(-MAX_PAST), last: what };
}

export const undone = (history: History): History =>
  history.past.length ? { draft: history.past.at(-1)!, past: history.past.slice(0, -1), last: "" } : history;

/** What the server found wrong, by field. */
export function errorsOf(listed: unknown): Errors {
  if (!Array.isArray(listed)) return {};
  return Object.fromEntries((listed as { field: string; message: string }[]).map((each) => [each.field, each.message]));
}

export const rulesWithErrors = (errors: Errors): Set<number> =>
  new Set(Object.keys(errors).flatMap((field) => (/^rules\[(\d+)\]/.exec(field) ?? []).slice(1, 2).map(Number)));

const partOf = (key: string): string => {
  const plain = key
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, 30);
  return plain && plain !== "field" ? plain : "part";
};

/** A rule for an arrival and those like it: each of its tags takes part in the sensor's tag. */
export function ruleFor(arrival: TriedArrival, site: string): RuleDraft {
  const parts = new Map<string, string>();
  for (const key of Object.keys(arrival.tags)) {
    let part = partOf(key);
    for (let n = 2; [...parts.values()].includes(part); n++) part = `${partOf(key).slice(0, 27)}_${n}`;
    parts.set(key, part);
  }
  const tags = Object.fromEntries([...parts].slice(0, 9).map(([key, part]) => [key, `{${part}}`]));
  const words = [...Object.values(tags), "{field}"];
  const name = arrival.name.replace(/[{}]/g, "");
  return newRule({
    name,
    tags,
    site,
    sensor: (parts.size ? words : [name.replaceAll("/", "."), ...words]).join("."),
    source: arrival.source,
  });
}
