// The parts of the build that are about stories: their own icons, and which files each tab of a story begins with.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const OF_STORIES = /src[\\/](features[\\/]stories[\\/]|strings[\\/]stor)/;
const ICONS = /import \{([^}]*)\} from "lucide-react"/g;
const TAB = /features\/stories\/([a-z]+)\/\1\.tsx$/;
const BEGIN = '<script src="/begin.js"></script>';
const PAGE = /routes\/story\.tsx$/;

const ICONS_HERE = "\0story-icons";
const PROJECT_FIELD = /components[\\/]project-field$/;
const COPY = "?story";

/** Whether a module is only of use to pages of stories. */
export const isOfStories = (id: string): boolean => OF_STORIES.test(id) || id.endsWith(COPY);

/** Icons of pages of stories, and in how many folders of other pages each is used too. */
function storyIcons(source: string): Map<string, Set<string>> {
  const [own, others] = [new Set<string>(), new Map<string, Set<string>>()];
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(file)) continue;
    const path = join(source, file);
    for (const [, names = ""] of readFileSync(path, "utf8").matchAll(ICONS)) {
      for (const each of names.split(",")) {
        const name = each.trim().split(/\s/)[0] ?? "";
        if (name === "") continue;
        if (OF_STORIES.test(path)) own.add(name);
        else others.set(name, (others.get(name) ?? new Set()).add(dirname(path)));
      }
    }
  }
  return new Map([...own].map((name) => [name, others.get(name) ?? new Set()]));
}

const fileOf = (icon: string) =>
  `${icon
    .replace(/Icon$/, "")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1-$2")
    .replace(/(\p{L})(\d)/gu, "$1-$2")
    .toLowerCase()}.mjs`;

/** Gives pages of stories copies of the icons and fields that at most one other page shows. What two pages show becomes part of
 * what every page loads, and the other pages are not to pay for these. */
export function ownIcons(web: string): Plugin {
  const icons = join(web, "node_modules/lucide-react/dist/esm/icons");
  return {
    name: "own-icons",
    apply: "build",
    enforce: "pre",
    resolveId(id, importer) {
      if (!importer || !OF_STORIES.test(importer)) return null;
      if (id === "lucide-react") return ICONS_HERE;
      // Else only *New job* has it.
      return PROJECT_FIELD.test(id) ? join(web, `src/components/project-field.tsx${COPY}`) : null;
    },
    load(id) {
      if (id !== ICONS_HERE) return null;
      const lines = [...storyIcons(join(web, "src"))].map(([name, others]) => {
        const file = join(icons, fileOf(name));
        return others.size <= 1 && existsSync(file)
          ? `export { default as ${name} } from ${JSON.stringify(file + COPY)};`
          : `export { ${name} } from "lucide-react";`;
      });
      return lines.join("\n");
    },
  };
}

/** Tells public/begin.js which files each tab of a story needs, so that it can ask for them at once. */
export function storyFiles(): Plugin {
  return {
    name: "story-files",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((each) => each.type === "chunk");
        const first = new Set(chunks.filter((each) => each.isEntry).flatMap((each) => each.imports));
        const needs = (own: (typeof chunks)[number] | undefined) =>
          own ? [own.fileName, ...own.imports].filter((each) => !first.has(each)) : [];
        const page = needs(chunks.find((each) => PAGE.test(each.facadeModuleId ?? "")));
        const files = Object.fromEntries(
          chunks.flatMap((chunk) => {
            const tab = TAB.exec(chunk.facadeModuleId ?? "")?.[1];
            return tab ? [[tab, [...new Set([...page, ...needs(chunk)])].map((each) => `/${each}`)]] : [];
          }),
        );
        const content = JSON.stringify(files).replaceAll('"', "&quot;");
        return html.replace(BEGIN, `<meta name="story-files" content="${content}" />\n    ${BEGIN}`);
      },
    },
  };
}
