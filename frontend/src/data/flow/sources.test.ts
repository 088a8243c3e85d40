import { expect, test } from "vitest";
import type { Token } from "../../api/types";
import { isTokenId, tokenId } from "./sources";

const token = (id: string, name: string) => ({ id, name, username: "anna" }) as Token;

test("a token is chosen by its id, or by a name that no other has", () => {
  const tokens = [token("k4m8x2p9qwz", "Gateway"), token("k5m8x2p9qwz", "Oven"), token("k6m8x2p9qwz", "Oven")];
  expect(["Gateway", "k7m8x2p9qwz", "Oven", "Press"].map((typed) => tokenId(tokens, typed))).toEqual([
    "k4m8x2p9qwz",
    "k7m8x2p9qwz",
    "Oven",
    "Press",
  ]);
  expect(["k7m8x2p9qwz", "Oven", ""].map(isTokenId)).toEqual([true, false, false]);
});
