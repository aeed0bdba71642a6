import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

// Few rules, all errors: what neither the compiler nor Prettier sees.
export default tseslint.config(
  { ignores: ["**/bin/**", "**/dist/**", "**/out/**", "**/node_modules/**", "test/golden/**"] },
  {
    files: ["**/*.ts"],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: true } },
    plugins: { "@typescript-eslint": tseslint.plugin },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "use a union of literals" },
        { selector: "ExportDefaultDeclaration", message: "give it a name" },
      ],
    },
  },
  // The packs read what strangers wrote: a pattern that tries again for every length of a text would let one line stall an update.
  {
    files: ["policies/**/*.ts"],
    plugins: { regexp },
    rules: { "regexp/no-super-linear-backtracking": ["error", { report: "potential" }] },
  },
);
