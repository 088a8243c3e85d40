import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Django serves the build under /static/; the development server proxies everything else to it.
export default defineConfig(({ command }) => ({
  base: command === "build" ? "/static/" : "/",
  plugins: [react()],
  build: {
    manifest: true,
    target: "es2022",
    chunkSizeWarningLimit: 400,
    reportCompressedSize: false,
    assetsInlineLimit: 0,
  },
  server: {
    host: "127.0.0.1",
    fs: { allow: [".", "../platform/twin/library"] }, // the symbols that server and client share
    proxy: Object.fromEntries(
      ["/api", "/readyz", "/healthz", "/write"].map((path) => [
        path,
        // The server compares Origin with Host, so the browser's Host stays.
        { target: process.env.PLANTRACE_URL ?? "http://127.0.0.1:8000", changeOrigin: false },
      ]),
    ),
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}", "eslint/**/*.test.js"],
    allowOnly: false,
    isolate: false, // a process for each file cost four fifths of the time
    setupFiles: ["vitest.setup.ts"],
    unstubGlobals: true,
    expect: { requireAssertions: true }, // a loop over nothing is a failure
  },
}));
