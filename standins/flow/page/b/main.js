// Generation B: landing, home and project of labs.google/fx/tools/flow, February to September.
import { account, boot, byPerson, h, t } from "../dom.js";
import { trpc } from "./api.js";
import { composer } from "./composer.js";
import { grid } from "./grid.js";
import { symbol } from "./radix.js";
import { project } from "./state.js";

const HOME = "/fx/tools/flow";

export async function show() {
  document.head.append(h("link", { rel: "stylesheet", href: "/page/b/style.css" }));
  await fetch("/fx/api/auth/session");
  const id = location.pathname.split("/project/")[1];
  if (!account) return landing();
  return id ? showProject(id) : home();
}

function landing() {
  document.body.append(h("div#__next", {}, h("main.b-landing", {}, h("h1", {}, "Where the next wave of stories happens"),
    h("p", {}, "This is a stand-in of the page as it was until September."),
    h("button.b-primary", { type: "button", onclick: () => location.assign("/signin/continue") }, t("Create with Google Flow")))));
}

async function home() {
  const create = h("button.b-new", { type: "button", onclick: byPerson(async () => {
    const [id] = await trpc("project.createProject", []);
    location.assign(`${HOME}/project/${id}`);
  }) }, symbol("add_2", "+"), t("New project"));
  const cards = h("div.b-cards");
  document.body.append(h("div#__next", {}, top(), h("main.b-home", {}, create, cards)));
  const [found] = await trpc("project.searchUserProjects", ["projects"]);
  cards.append(...found.map(([id, title]) => h("a.b-card", { href: `${HOME}/project/${id}` }, title)));
}

function top(...content) {
  return h("header.b-top", {}, h("a", { href: HOME, "aria-label": t("Home") }, symbol("arrow_back", "←")), ...content,
    h("span.stand-in-badge", {}, "a stand-in of Flow's page, as it was"), h("span.spacer"),
    h("button.b-account", { type: "button", "aria-label": boot.email }, boot.tier || boot.email[0]));
}

async function showProject(id) {
  project.id = id;
  const title = h("input.b-title", { "aria-label": t("Editable text"), onchange: () => trpc("project.renameProject", [id, title.value]) });
  project.listeners.add(() => {
    if (document.activeElement !== title) title.value = project.title;
    document.title = `Flow - ${project.title}`;
  });
  document.body.append(h("div#__next", {}, top(title), h("main.b-project", {}, grid(), composer())));
  await project.load(id);
}
