// What is bound to the prompt: the Start and End slots of Frames, or the chips of Ingredients.
import { attr, boot, button, byPerson, h, icon, t } from "./dom.js";
import { prefs } from "./settings.js";

export function ingredients({ onchange, pick }) {
  let start = null;
  let end = null;
  let all = [];
  const host = h("flow-ingredient-bar.prompt-ingredient-bar");

  function chip(asset, remove) {
    const overlay = h("div.hover-icon-overlay", { onclick: (event) => { event.stopPropagation(); remove(); } }, icon("cancel"));
    return button(".chip-container", {
      "aria-label": `${t("Image ingredient")}, ${asset.title}`, "aria-busy": String(asset.busy),
    }, h("img.chip-image", { src: asset.url, alt: "", width: 50, height: 50 }), overlay);
  }

  function frame(which, asset, label) {
    const empty = button(".empty-chip", { onclick: byPerson(() => pick(which, empty)) }, h("span", {}, t(label)));
    return h("div.frame-trigger", {}, asset ? chip(asset, () => put(which, null)) : empty);
  }

  function put(which, asset) {
    if (which === "start") start = asset;
    else if (which === "end") end = asset;
    else all = asset ? [...all, asset] : all;
    render();
    onchange();
  }

  function render() {
    const swap = button(".swap-button", {
      "aria-label": t("Swap first and last frames"), onclick: () => { [start, end] = [end, start]; render(); onchange(); },
    }, icon("swap_horiz"));
    host.replaceChildren(...(prefs.type === "frames"
      ? [frame("start", start, "Start"), frame("end", end, "End"), swap]
      : all.map((asset) => chip(asset, () => { all = all.filter((each) => each !== asset); render(); onchange(); }))));
  }

  render();
  return {
    host,
    bound: () => [start, end, ...all].filter(Boolean),
    slots: () => ({ start, end, all }),
    reset() {
      start = end = null;
      all = [];
      render();
    },
    // ? Whether the real chip is busy while it loads is not sure; here it is.
    bind(found, slot = prefs.type === "frames" ? "start" : "ingredient") {
      const asset = { ...found, busy: true };
      put(prefs.type === "frames" && slot === "ingredient" ? "start" : slot, asset);
      setTimeout(() => { asset.busy = false; render(); }, boot.chip_seconds * 1000);
    },
  };
}
