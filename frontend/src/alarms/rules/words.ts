import { displayUnit, durationName, formatNumber, stateName } from "../../format";
import type { Applies, RuleContent, Trigger } from "./api";
import type { Measure } from "./targets";
import { texts } from "./texts";

const time = (s: number | undefined) => durationName((s ?? 0) * 1_000);
const amount = (value: number, unit: string) => [formatNumber(value), displayUnit(unit)].filter(Boolean).join(" ");

/** A trigger in words: "above 14.5 °C", "nothing for 15 min". */
export function triggerWords(trigger: Trigger, { unit, states }: Measure = { unit: "", states: {} }): string {
  const say = texts.sentences;
  switch (trigger.kind) {
    case "limit": {
      const sentence = say.limit[trigger.side](amount(trigger.limit, unit));
      if (!trigger.window_s) return sentence;
      return say.of(texts.statistics[trigger.statistic ?? "mean"].toLowerCase(), time(trigger.window_s), sentence);
    }
    case "deviation": {
      const point = typeof trigger.set_point === "number" ? amount(trigger.set_point, unit) : trigger.set_point;
      return say.deviation[trigger.side ?? "both"](amount(trigger.limit, unit), point);
    }
    case "rate":
      return say.rate[trigger.side ?? "both"](amount(trigger.limit, unit), time(trigger.window_s));
    case "state":
      return say.state(trigger.states.map((state) => stateName(state, states)).join(", "));
    case "discrepancy":
      return say.discrepancy(trigger.command, time(trigger.within_s));
    case "stale":
      return say.stale(time(trigger.after_s));
    case "frozen":
      return say.frozen(time(trigger.after_s));
    case "out_of_range":
      return trigger.quality === false ? say.outOfRange : say.outOfRangeOrBad;
    case "event_count":
      return say.eventCount(trigger.count, trigger.event_type, time(trigger.window_s));
    case "expression":
      return trigger.expression;
  }
}

const MAX_NAMED = 3;

/** To what it applies: "CH1-APP, CH2-APP", "*-SAT of all air_handler". */
export function appliesWords(applies: Applies): string {
  if (applies.asset_type) return texts.ofType(applies.pattern || "*", applies.asset_type);
  const named = [applies.sensors, applies.calculated, applies.devices, applies.sources].flatMap((each) => each ?? []);
  const rest = named.length - MAX_NAMED;
  return [...named.slice(0, MAX_NAMED), ...(rest > 0 ? [texts.andOthers(rest)] : [])].join(", ");
}

/** Delays and arming, behind the trigger: "for 5 min, while {CH-2} == 1". */
export function conditionWords(rule: RuleContent): string {
  const parts: string[] = [];
  if (rule.on_delay_s) parts.push(texts.forTime(time(rule.on_delay_s)));
  if (rule.armed?.expression) parts.push(texts.whileHolds(rule.armed.expression));
  if (rule.armed?.schedule) parts.push(texts.onSchedule);
  return parts.join(", ");
}
