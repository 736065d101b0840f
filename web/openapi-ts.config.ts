import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: process.env.RUSHES_OPENAPI ?? "./.openapi.json",
  output: { path: process.env.RUSHES_CLIENT ?? "./src/api" },
  plugins: [
    { name: "@hey-api/client-fetch", baseUrl: false },
    "@hey-api/typescript",
    "@hey-api/sdk",
    "@tanstack/react-query",
  ],
});
