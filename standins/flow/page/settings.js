// The settings popover: rows of toggles that are made anew after some choices, and the model menu.
import { account, attr, boot, button, byPerson, cls, h, icon, t, unique } from "./dom.js";
import { menu, open } from "./overlays.js";
import { rpc } from "./api.js";

export const prefs = account?.prefs ?? {};
let catalogue = null;

export async function loadModels() {
  const [models, images] = await rpc("HTrJv", []);
  catalogue = { models: new Map(models), images };
  await rpc("yBhWQ", []);
}

const video = () => prefs.mode === "video";
const choices = () => catalogue?.models.get(prefs.model) ?? [];
export const model = () => (video() ? prefs.model : prefs.imageModel);
const durations = () => [...new Set(choices().map((each) => each[1]))];
const resolutions = () => [...new Set(choices().map((each) => each[0]))];

// Credits for a click on submit, with the settings as they are.
export function price() {
  if (!video()) return 0;
  const found = choices().find(([resolution, seconds]) => resolution === prefs.resolution && seconds === prefs.duration);
  return (found?.[2] ?? 0) * prefs.count;
}

export const wireSettings = () => [model(), prefs.aspect === "9:16" ? 1 : 2, prefs.duration, prefs.resolution, prefs.count];

const secondsText = (seconds) => t("{}s").replace("{}", seconds);
export const ASPECTS = { "16:9": "crop_16_9", "9:16": "crop_9_16", "4:3": "crop_landscape", "1:1": "crop_square", "3:4": "crop_portrait" };

export function summary() {
  if (boot.bare_caption) return h("span.settings-summary", {}, ` ${t(video() ? "Video" : "Image")} `);
  const words = video() ? `${t("Video")} · ${prefs.resolution} · ${secondsText(prefs.duration)} ` : `🍌 ${t(prefs.imageModel)} `;
  return h("span.settings-summary", {}, ` ${words}`, icon(ASPECTS[prefs.aspect]), ` x${prefs.count} `);
}

// `onchange(what)` after each choice. Toggles open: the same button closes it.
export function settingsPopover(trigger, onchange) {
  let overlay = null;
  const content = h("div.settings-content");
  const host = h("flow-prompt-box-settings", {}, content);

  function choose(what, value) {
    prefs[what] = value;
    fit();
    rpc("DA4VGb", ["settings", { ...prefs }]).catch(() => {});
    onchange(what);
    if (what === "mode" || what === "model") setTimeout(render, boot.rerender_seconds * 1000);
    else mark();
  }

  function row(label, what, options, shown = (value) => t(String(value))) {
    if (boot.missing_rows.includes(what)) return null;
    const group = unique("mat-button-toggle-group");
    return h("flow-toggles", { "aria-label": t(label) },
      h("mat-button-toggle-group.mat-button-toggle-group", { role: "radiogroup" }, options.map(([value, ligature]) => {
        const press = h("button.mat-button-toggle-button.mat-focus-indicator", {
          type: "button", role: "radio", name: group, id: `${unique("mat-button-toggle")}-button`,
          onclick: () => choose(what, value),
        }, h("span.mat-button-toggle-label-content", {}, ligature && icon(ligature), h("span.toggle-text", {}, shown(value))));
        press.chosen = () => prefs[what] === value;
        return h("mat-button-toggle.mat-button-toggle", {}, press);
      })));
  }

  function render() {
    const aspects = Object.entries(ASPECTS).slice(0, video() ? 2 : 5);
    content.replaceChildren(...[
      row("Mode", "mode", [["image", "image"], ["video", "videocam"]], (value) => t(value === "video" ? "Video" : "Image")),
      video() && row("Video type", "type", [["frames", "crop_free"], ["ingredients", "chrome_extension"]],
        (value) => t(value === "frames" ? "Frames" : "Ingredients")),
      row("Aspect ratio", "aspect", aspects),
      modelButton(),
      video() && resolutions().length > 1 && row("Video resolution", "resolution", resolutions().map((each) => [each, each === "360p" ? "info" : ""])),
      video() && durations().length > 1 && row("Video duration", "duration", durations().map((each) => [each, ""]), secondsText),
      row("Output count", "count", [1, 2, 3, 4].map((each) => [each, ""]), (value) => t(`x${value}`)),
      h("div.credit-cost", {}),
    ].filter(Boolean));
    mark();
    overlay?.place();
  }

  function mark() {
    for (const press of content.querySelectorAll("button")) {
      if (!press.chosen) continue;
      attr(press, "aria-checked", String(press.chosen()));
      cls(press.parentElement, "mat-button-toggle-checked", press.chosen());
    }
    const cost = t("Generating will use {} credits").split("{}");
    if (boot.price_shown) content.lastChild.replaceChildren(cost[0], h("b", {}, String(price())), cost[1] ?? "");
  }

  function modelButton() {
    const press = button(".model-select-trigger", {
      "aria-label": t("Select model family"), "aria-haspopup": "menu",
      onclick: byPerson(() => {
        const names = video() ? [...catalogue.models.keys()] : catalogue.images;
        menu(press, names.map((each) => ({
          icon: video() ? "volume_up" : "", text: t(each),
          act: () => {
            if (boot.stacked_menus) open(h("div"), { anchor: press });
            choose(video() ? "model" : "imageModel", each);
            press.querySelector("span > span").textContent = t(each);
          },
        })));
      }),
    }, h("span.mdc-button__label", {}, h("span.model-select-trigger-content", {}, t(model())), icon("arrow_drop_down")));
    return press;
  }

  // What the model does not offer goes back to what it does.
  function fit() {
    if (!video()) return;
    if (["4:3", "1:1", "3:4"].includes(prefs.aspect)) prefs.aspect = "16:9";
    if (!resolutions().includes(prefs.resolution)) prefs.resolution = resolutions().at(-1);
    if (!durations().includes(prefs.duration)) prefs.duration = durations().at(-1);
  }

  return function toggle() {
    if (overlay) {
      overlay.close();
      return;
    }
    overlay = open(host, { anchor: trigger, pane: ".prompt-box-settings-pane", onclose: () => { overlay = null; } });
    fit();
    render();
  };
}
