// The home page (projects) and /about (what a signed-out person sees).
import { button, byPerson, h, icon, t } from "./dom.js";
import { accountButtons } from "./header.js";
import { rpc } from "./api.js";
import { welcome } from "./banners.js";

export async function showHome() {
  const create = button(".new-project-button", { onclick: byPerson(async () => {
    const [id] = await rpc("jHPbke", []);
    location.assign(`/project/${id}`);
  }) }, icon("add_2"), h("span.mdc-button__label", {}, t("New project")));
  const projects = h("div.project-grid");
  document.body.append(h("flow-app", {}, h("flow-home", {},
    h("div.header-base", {}, h("b", {}, "Flow"), h("span.stand-in-badge", {}, "a stand-in of Flow's page"), h("span.spacer"), accountButtons()),
    h("main.home-main", {}, create, projects))));
  welcome();
  const [found] = await rpc("UpteDb", ["projects"]);
  projects.append(...found.map(([id, title]) => h("div.project-card", {},
    h("a.project-thumbnail-container", { href: `/project/${id}` }, icon("play_movies")),
    h("div.project-title", {}, title, button("", { "aria-label": t("Edit project title") }, icon("edit"))))));
}

export function showAbout() {
  const go = () => location.assign("/signin/continue");
  document.body.append(h("flow-app", {}, h("flow-about", {},
    h("h1", {}, "Where films begin"), h("p", {}, "This is a stand-in of Flow's page, for trying Rushes without an account."),
    h("button.cta-button.flow-button.variant-primary", { type: "button", onclick: go }, t("Create with Google Flow")),
    h("div.about-more", {}, h("button.flow-button.variant-primary", { type: "button", onclick: go }, t("Get started")),
      h("button.flow-button.variant-primary", { type: "button" }, t("See what's new"))))));
}
