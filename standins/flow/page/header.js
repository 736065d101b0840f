// The project's header and the navigation at the left.
import { account, boot, button, byPerson, h, icon, t } from "./dom.js";
import { dialog, menu, open } from "./overlays.js";
import { rpc } from "./api.js";
import { chooseFile } from "./upload.js";
import { project } from "./state.js";

const round = (spec, ligature, label, act = () => {}) =>
  button(spec, { "aria-label": label && t(label), onclick: byPerson(act) }, icon(ligature));

export function header() {
  const title = h("input.editable-text-input", {
    "aria-label": t("Editable text"), value: project.title,
    onchange: () => { rpc("o8DA4", [project.id, title.value]); setTitle(title.value); },
  });
  project.listeners.add(() => {
    if (document.activeElement !== title) title.value = project.title;
    document.title = `Google Flow - ${project.title}`;
  });
  const media = button("", { "aria-label": t("Add media menu"), mattooltip: t("Add media"), "aria-haspopup": "menu", onclick: byPerson(() => addMedia(media)) }, icon("add"));
  const grid = button("", { "aria-label": t("Tile grid settings"), onclick: byPerson(() => gridSettings(grid)) }, icon("settings_2"));
  return h("flow-tile-view-header", {}, h("div.header-base", {},
    round(".back-button", "home", "Home", () => location.assign("/")), title,
    round(".more-options-button", "more_vert", "More options"),
    h("span.stand-in-badge", {}, "a stand-in of Flow's page"),
    h("span.spacer"),
    round(".search-button", "search", "Search"), h("input.search-input", { "aria-label": t("Search"), type: "search" }),
    round(".filter-button", "filter_list", "Filter"), media, round("", "help", "Help"), grid,
    round("", "more_vert", "More"), accountButtons()));
}

function setTitle(title) {
  project.title = title;
  project.changed();
}

function addMedia(anchor) {
  menu(anchor, [
    { icon: "upload", text: t("Upload"), plain: true, act: () => chooseFile() },
    { icon: "folder", text: t("New collection"), plain: true, act() {} },
    { icon: "account_circle", text: t("Create character"), plain: true, act() {} },
    { icon: "play_movies", text: t("New scene"), plain: true, act() {} },
  ], { extra: ".add-menu" });
}

function gridSettings(anchor) {
  const toggle = h("button.mdc-switch", {
    type: "button", role: "switch", name: "clear-prompt-on-submit", "aria-checked": String(account.clearPrompt),
    onclick: () => {
      account.clearPrompt = !account.clearPrompt;
      toggle.setAttribute("aria-checked", String(account.clearPrompt));
      rpc("DA4VGb", ["clear_prompt", account.clearPrompt]);
    },
  });
  open(h("div.grid-settings", {}, h("label", {}, t("Clear prompt on submit"), " ", toggle)), { anchor, backdrop: "transparent" });
}

export function accountButtons() {
  const details = h("div.header-user-button", { role: "button", tabindex: "0", "aria-label": t("Account details"), onclick: byPerson(accountDialog) },
    boot.tier || boot.email[0].toUpperCase());
  if (boot.tier) details.classList.add("has-tier");
  const google = h("a.account-link", { href: "/SignOutOptions?continue=/", "aria-label": `Google Account: ${boot.email}` }, boot.email[0].toUpperCase());
  return [details, google];
}

async function accountDialog() {
  const [credits] = await rpc("nzlxg", []);
  dialog(t("Account details"),
    h("div.account-details", {}, h("div.account-email", {}, boot.email),
      h("div.account-credits", {}, icon("movie_filter_auto"), ` ${credits.toLocaleString("en")} ${t("Google Flow credits")}`)),
    (close) => [button(".flow-button", { onclick: close }, t("Close"))]);
}

const NAVIGATION = [
  ["dashboard", "All media"], ["image", "Images"], ["videocam", "Videos"], ["accessibility_new", "Characters"],
  ["play_movies", "Scenes"], ["drive_folder_upload", "Uploads"], ["apps_spark_2", "Tools"],
];

export function navigation() {
  return h("nav.left-nav", {}, h("mat-nav-list", {}, NAVIGATION.map(([ligature, label]) =>
    h("a.mat-mdc-list-item", { "mat-list-item": true, href: label === "Tools" ? `/project/${project.id}/tools` : undefined },
      icon(ligature), h("span", {}, t(label))),
  ), h("a.mat-mdc-list-item.trash-item", { "mat-list-item": true }, icon("delete"), h("span", {}, t("Trash")))));
}
