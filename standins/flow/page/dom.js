// How every part of the page makes elements. All names pass through here, so that a scenario can rename any
// single class, element, attribute, id, label or ligature in what is served; the code keeps the real names.
import { WORDS } from "./words.js";

export const boot = window.BOOT;
export const account = boot.account;
const RUN = Math.floor(Math.random() * 1e9);
let serial = RUN % 1000;

export function name(kind, value) {
  return boot.renames[`${kind}:${value}`] ?? boot.renames[value] ?? value;
}

// A label or text: translated where the translation is known, else English.
export function t(text) {
  const renamed = boot.renames[`label:${text}`] ?? boot.renames[text];
  return renamed ?? name("label", WORDS[boot.language]?.[text] ?? text);
}

// Numbers that change with every run, as Angular's do.
export function unique(prefix) {
  return `${prefix}-${serial++}`;
}

// h("button.flow-button", { "aria-label": t("Home"), onclick: go }, icon("home"), "text")
export function h(spec, props = {}, ...children) {
  const [, tag, rest] = /^([\w-]+)(.*)$/.exec(spec);
  const el = document.createElement(name("element", tag));
  for (const part of rest.match(/[.#][^.#]+/g) ?? []) {
    if (part[0] === ".") el.classList.add(name("class", part.slice(1)));
    else el.id = name("id", part.slice(1));
  }
  el.setAttribute(`_ngcontent-ng-c${RUN}`, "");
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else attr(el, key, value === true ? "" : String(value));
  }
  el.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return el;
}

export function attr(el, key, value) {
  if (value === null || value === false) el.removeAttribute(name("attribute", key));
  else el.setAttribute(name("attribute", key), value);
}

export function cls(el, key, on) {
  el.classList.toggle(name("class", key), on);
}

const GLYPHS = {
  arrow_forward: "➜", add: "+", add_2: "+", close: "✕", home: "⌂", more_vert: "⋮", search: "⌕", filter_list: "≡",
  help: "?", settings_2: "⚙", upload: "⇪", drive_folder_upload: "⇪", folder: "▭", account_circle: "◉",
  play_movies: "▶", image: "▣", videocam: "▶", crop_free: "◰", chrome_extension: "❖", crop_16_9: "▬",
  crop_9_16: "▮", crop_landscape: "▬", crop_square: "□", crop_portrait: "▮", arrow_drop_down: "▾",
  volume_up: "♪", swap_horiz: "⇄", cancel: "✕", favorite: "♡", redo: "↷", undo: "↶", refresh: "↻",
  delete: "⌫", delete_forever: "⌫", warning: "⚠", info: "¡", download: "⤓", play_circle: "▶", stop: "■",
  movie_filter_auto: "✦", dashboard: "▦", voice_selection: "♪", accessibility_new: "☺", face: "☻", edit: "✎",
  apps_spark_2: "✦", arrow_back: "←", check: "✓", arrow_right: "▸", spark: "✦",
};  // prettier-ignore

// The real page draws ligatures with a font of its own; here a plain sign is drawn over them.
export function icon(ligature, extra = "") {
  const el = h(`mat-icon.mat-icon.notranslate.google-symbols${extra}`, { role: "img", "aria-hidden": "true" });
  el.textContent = name("icon", ligature);
  el.style.setProperty("--glyph", `"${GLYPHS[ligature] ?? "•"}"`);
  return el;
}

export function button(spec, props, ...children) {
  return h(`button.mat-mdc-button-base${spec}`, { type: "button", ...props }, ...children);
}

export const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

// Menus of the real page do not open for a script's click.
export function byPerson(act) {
  return (event) => {
    if (event.isTrusted || !boot.trusted_clicks_only) act(event);
  };
}
