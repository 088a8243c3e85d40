/** Makes ids of new parts: "pump-k3v9xq". Commands take it as an argument, so that they stay pure. */
export type Ids = (kind: string) => string;

const LETTERS = "23456789abcdefghjkmnpqrstvwxyz";

/** Random, so that parts that two people add never share an id. */
export const randomIds: Ids = (kind) => {
  const bytes = crypto.getRandomValues(new Uint8Array(7));
  return `${kind}-${[...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join("")}`;
};

export function countedIds(): Ids {
  let count = 0;
  return (kind) => `${kind}-${(count += 1)}`;
}
