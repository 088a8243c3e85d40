import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";
import { layers } from "./eslint/layers.js";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  reactHooks.configs.flat["recommended-latest"],
  {
    plugins: { plantrace: { rules: { layers } } },
    languageOptions: { globals: globals.browser },
    rules: {
      "max-lines": ["error", 400],
      "plantrace/layers": "error",
      "no-restricted-imports": [
        "error",
        { name: "react", importNames: ["lazy"], message: "Use ui/lazy, which survives an unreachable server." },
      ],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "react-hooks/set-state-in-effect": "off",
      "react-hooks/refs": "off",
    },
  },
  { files: ["public/sw.js"], languageOptions: { globals: globals.serviceworker } },
  { files: ["eslint/**", "scripts/**", "*.config.*"], languageOptions: { globals: globals.node } },
);
