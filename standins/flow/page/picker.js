// The asset picker: a search on the server that may not know a fresh upload yet, options without ids.
import { attr, boot, button, byPerson, cls, h, icon, t } from "./dom.js";
import { open } from "./overlays.js";
import { rpc } from "./api.js";
import { chooseFile } from "./upload.js";
import { project } from "./state.js";

const TABS = [
  ["dashboard", "All"], ["image", "Images"], ["videocam", "Videos"], ["voice_selection", "Voices"],
  ["accessibility_new", "Characters"], ["face", "Avatars"], ["drive_folder_upload", "Uploads"],
];

let current = null;

// Opens it, or closes it when it is open: then nothing is given back.
export function openPicker(slot, anchor, attach, onclose = () => {}) {
  if (current) {
    current.close();
    return null;
  }
  let chosen = null;
  let asked = 0;
  const frame = slot === "start" || slot === "end";
  const search = h("input.search-input", { cdkfocusinitial: true, type: "text", placeholder: t("Search assets"), oninput: () => list() });
  const box = h("div.asset-list", { role: "listbox", "aria-label": t("Asset list") });
  const preview = h("div.asset-preview");
  const add = button(".detail-add-to-prompt-btn", { disabled: "true", onclick: () => chosen && take(chosen) },
    h("span.mdc-button__label", {}, t("Add to prompt")));

  function take(asset) {
    current?.close();
    attach(asset);
  }

  async function list() {
    const turn = ++asked;
    const [assets] = await rpc("UpteDb", ["assets", search.value, project.id]);
    if (turn !== asked) return;
    box.replaceChildren(...assets.map(([id, title, kind, url], index) => option({ id, title, kind, url }, index)));
  }

  function option(asset, index) {
    const row = h("button.asset-item", {
      type: "button", role: "option", "aria-selected": "false",
      onclick: byPerson(() => (boot.add_to_prompt ? choose(asset, row) : take(asset))),
    }, h("img.asset-thumbnail-image", { src: asset.url, alt: "" }),
      h("span.asset-title", {}, asset.title), h("span.asset-type", {}, t(asset.kind === "image" ? "Image" : "Video")));
    cls(row, "asset-item-active", index === 0);
    return row;
  }

  function choose(asset, row) {
    chosen = asset;
    for (const each of box.children) attr(each, "aria-selected", String(each === row));
    preview.replaceChildren(h("img", { src: asset.url, alt: "" }), h("div.preview-title", {}, asset.title));
    attr(add, "disabled", null);
    add.disabled = false;
  }

  const tabs = TABS.map(([ligature, label], index) => h("mat-list-item.side-nav-list-item", {
    role: "tab", "aria-selected": String(index === 0), tabindex: "0",
  }, icon(ligature), h("span", {}, t(label))));
  const upload = button(".sidebar-upload-btn", { onclick: byPerson(() => chooseFile(() => list())) }, icon("upload"),
    h("span.mdc-button__label", {}, t("Upload media")));

  const host = h("flow-add-menu-popover-content", {},
    h("div.picker-title", {}, t(frame ? "Select a frame image" : "Add ingredients")),
    h("div.picker-columns", {},
      h("div.picker-sidebar", {}, h("mat-select.sidebar-project-selector", { role: "combobox", tabindex: "0" }, project.title),
        h("mat-nav-list", { role: "tablist" }, tabs), upload),
      h("div.picker-main", {}, h("div.picker-tools", {}, search,
        h("mat-select.sort-selector-dropdown", { role: "combobox", tabindex: "0" }, t("Recent"))),
        h("div.picker-body", {}, box, h("div.picker-detail", {}, preview, add)))));
  current = open(host, { anchor, backdrop: "transparent", pane: ".add-menu-popover-pane", onclose: () => { current = null; onclose(); } });
  search.focus();
  list();
  return current;
}
