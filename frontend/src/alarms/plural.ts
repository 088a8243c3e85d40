import { formatCount } from "../format";

/** "1 alarm", "14 alarms". */
export const plural = (count: number, word: string): string => `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;
