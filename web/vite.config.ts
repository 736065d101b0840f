/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { isOfStories, ownIcons, storyFiles } from "./story-files.ts";

const web = fileURLToPath(new URL(".", import.meta.url));

// The page is served by the API itself, from the same port: no proxy but in development.
export default defineConfig({
  plugins: [react(), tailwindcss(), ownIcons(web), storyFiles()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/rushes/api/static",
    emptyOutDir: true,
    target: "es2022",
    // Browsers of this target preload modules themselves; a polyfill would tie the small page to the rest.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    // What several pages use is two files, not one for each icon: fifty requests cost more than bytes.
    rolldownOptions: {
      // The page behind share links is apart: a guest loads a few kilobytes, and nothing of the rest.
      input: ["index.html", "share.html"],
      output: {
        codeSplitting: {
          groups: [
            // A group takes along what its modules import: that of stories, which imports all the others, is last.
            {
              name: "vendor",
              test: (id) => /node_modules/.test(id) && !isOfStories(id),
              minShareCount: 2,
              priority: 2,
            },
            { name: "shared", test: (id) => !isOfStories(id), minShareCount: 2, priority: 1 },
            // What only the pages of stories share is theirs: no other page loads it.
            { name: "stories", test: isOfStories, minShareCount: 2, priority: 0 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": process.env.RUSHES_URL ?? "http://127.0.0.1:8001" } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
