// Builds the page twice, as it is and without the story room, and prints what each page loads at first (JSON).
// Run by bench/page_scripts.py, in web/.
import { gzipSync } from "node:zlib";
import { build } from "vite";

const STORY_PAGE = /src\/routes\/(stories|story|story-batch|new-story)\.tsx$/;
const ROUTE = /src\/routes\/([a-z-]+)\.tsx$/;

/** In place of each page of stories: a component of the same name that shows nothing. */
const without = {
  name: "without-stories",
  enforce: "pre",
  transform(code, id) {
    if (!STORY_PAGE.test(id)) return null;
    const names = [...code.matchAll(/export function (\w+)/g)].map(([, name]) => name);
    return { code: names.map((name) => `export const ${name} = () => null;`).join("\n"), map: null };
  },
};

async function sizes(plugins) {
  const { output } = await build({ logLevel: "error", build: { write: false }, plugins });
  const chunks = new Map(output.filter((each) => each.type === "chunk").map((each) => [each.fileName, each]));
  const packed = (names) =>
    [...names].reduce((sum, name) => sum + gzipSync(chunks.get(name).code, { level: 9 }).length, 0);
  const withImports = (name, found = new Set()) => {
    if (!found.has(name)) {
      found.add(name);
      for (const each of chunks.get(name).imports) withImports(each, found);
    }
    return found;
  };
  const first = withImports([...chunks.values()].find((each) => each.isEntry).fileName);
  const found = { "every page": packed(first) };
  for (const chunk of chunks.values()) {
    const page = ROUTE.exec(chunk.facadeModuleId ?? "")?.[1];
    if (page && !STORY_PAGE.test(chunk.facadeModuleId)) {
      found[page] = packed(new Set([...first, ...withImports(chunk.fileName)]));
    }
  }
  return found;
}

console.log(JSON.stringify({ asItIs: await sizes([]), without: await sizes([without]) }));
