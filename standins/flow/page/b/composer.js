// Generation B's composer: a Slate editor, a chip with tabs for the settings, slots for frames, submit "Create".
import { account, attr, boot, byPerson, h, t, unique } from "../dom.js";
import { captchaToken } from "../api.js";
import { editor } from "../editor.js";
import { rest } from "./api.js";
import { picker } from "./picker.js";
import { menu, popper, symbol } from "./radix.js";
import { project } from "./state.js";

const SLATE = {
  area: () => h("div.b-slate", { contenteditable: "true", role: "textbox", "aria-multiline": "true", "data-slate-editor": "true", "data-slate-node": "value", spellcheck: "true" }),
  line: (text) => h("div", { "data-slate-node": "element" }, h("span", { "data-slate-node": "text" }, text || h("br"))),
  host: (placeholder, area) => h("div.b-prompt", {}, placeholder, area),
};
const models = new Map(boot.catalogue[0]);
const prefs = { ...account?.prefs };
const CROPS = { "16:9": ["crop_16_9", "▬", "LANDSCAPE"], "9:16": ["crop_9_16", "▮", "PORTRAIT"] };

export function composer() {
  const frames = { start: null, end: null };
  let enabled = false;
  let pane = null;
  const edit = editor({ onchange: typed, onsubmit: byPerson(submit), onmention: () => {}, kind: SLATE });
  const slots = h("div.b-slots");
  const chip = h("button.b-chip", { type: "button", "aria-haspopup": "menu", onclick: byPerson(toggle) });
  const send = h("button.b-send", { type: "button", onclick: byPerson(submit) }, symbol("arrow_forward", "➜"), h("span", {}, t("Create")));
  const root = h("div.b-composer", {}, slots, edit.host, h("div.b-controls", {}, chip, send));

  function choices() {
    return models.get(prefs.model) ?? [];
  }

  function price() {
    return (choices().find(([resolution, seconds]) => resolution === prefs.resolution && seconds === prefs.duration)?.[2] ?? 0) * prefs.count;
  }

  function fit() {
    if (!choices().some((each) => each[0] === prefs.resolution)) prefs.resolution = "720p";
    const seconds = [...new Set(choices().map((each) => each[1]))];
    if (!seconds.includes(prefs.duration)) prefs.duration = seconds.at(-1);
    return seconds;
  }

  function refresh() {
    fit();
    const [crop, glyph] = CROPS[prefs.aspect] ?? CROPS["16:9"];
    const words = prefs.mode === "video" ? `${t("Video")} · ${prefs.duration}s` : t("Image");
    chip.replaceChildren(h("div", {}, words), symbol(crop, glyph), h("div", {}, `x${prefs.count}`));
    attr(chip, "aria-expanded", String(Boolean(pane)));
    attr(send, "aria-disabled", String(!enabled));
    slots.replaceChildren(...(prefs.mode === "video" && prefs.type === "frames" ? [slot("start", "Start"), slot("end", "End")] : []));
  }

  function slot(which, label) {
    const bound = frames[which];
    if (bound) {
      return h("button.b-bound", { type: "button", onclick: () => { frames[which] = null; refresh(); } },
        h("img", { src: bound.url, alt: bound.title, width: 50, height: 50 }), symbol("cancel", "✕"));
    }
    const empty = h("div.b-slot", { type: "button", "aria-haspopup": "dialog", tabindex: "0",
      onclick: byPerson(() => picker(empty, (asset) => { frames[which] = asset; refresh(); })) }, t(label));
    return empty;
  }

  // Tabs of Radix: their ids end in what they choose, whatever the language.
  function tabs(what, options) {
    const base = unique("radix-:r");
    return h("div", { role: "tablist" }, options.map(([value, end, ...content]) => {
      const on = prefs[what] === value;
      return h("button.b-tab", {
        type: "button", role: "tab", id: `${base}:-trigger-${end}`, "aria-selected": String(on), "data-state": on ? "active" : "inactive",
        onclick: () => { prefs[what] = value; fit(); refresh(); render(); },
      }, ...content);
    }));
  }

  function render() {
    const seconds = fit();
    const model = h("button.b-model", { type: "button", "aria-haspopup": "menu", onclick: byPerson(() =>
      menu(model, [...models.keys()].map((each) => ({ text: t(each), symbol: "volume_up", glyph: "♪", act: () => { prefs.model = each; refresh(); render(); } })))) },
    h("span", {}, t(prefs.model)), symbol("arrow_drop_down", "▾"));
    pane.content.replaceChildren(...[
      tabs("mode", [["image", "IMAGE", symbol("image", "▣"), t("Image")], ["video", "VIDEO", symbol("videocam", "▶"), t("Video")]]),
      prefs.mode === "video" && tabs("type", [["frames", "VIDEO_FRAMES", symbol("crop_free", "◰"), t("Frames")],
        ["ingredients", "VIDEO_REFERENCES", symbol("chrome_extension", "❖"), t("Ingredients")]]),
      tabs("aspect", Object.entries(CROPS).map(([value, [crop, glyph, end]]) => [value, end, symbol(crop, glyph), value])),
      tabs("count", [1, 2, 3, 4].map((each) => [each, String(each), `${each}x`])),
      seconds.length > 1 && tabs("duration", seconds.map((each) => [each, String(each), `${each}s`])),
      model,
      h("div.b-cost", {}, "Generating will use ", h("b", {}, String(price())), " credits"),
    ].filter(Boolean));
  }

  function toggle() {
    if (pane) {
      pane.close();
      return;
    }
    pane = popper(h("div.b-settings", { role: "menu", "data-state": "open" }), chip, { onclose: () => { pane = null; refresh(); } });
    render();
    const wrapper = pane.content.parentElement;
    const at = chip.getBoundingClientRect();
    wrapper.style.top = `${at.top - wrapper.offsetHeight - 6}px`;
    wrapper.style.left = `${Math.min(at.left, innerWidth - wrapper.offsetWidth - 8)}px`;
    refresh();
  }

  function typed(text) {
    setTimeout(() => { enabled = text.trim() !== ""; refresh(); }, boot.submit_enable_seconds * 1000);
  }

  async function submit() {
    const text = edit.text().trim();
    if (!enabled || !text) return;
    const images = prefs.type === "frames" ? [frames.start, frames.end].filter(Boolean).map((each) => each.id) : [];
    const kind = images.length === 2 ? "StartAndEndImage" : images.length ? "StartImage" : "Text";
    const settings = [prefs.model, prefs.aspect === "9:16" ? 1 : 2, prefs.duration, prefs.resolution, prefs.count];
    try {
      const token = await captchaToken();
      const args = [project.id, text, settings, images, token];
      const { operations, remainingCredits } = await rest(`batchAsyncGenerateVideo${kind}`, { clientContext: { tool: "PINHOLE" }, args });
      project.credits = remainingCredits;
      project.add(operations, text);
    } catch (fault) {
      project.addRefused(text, fault.status ? fault.message : "Oops, something went wrong!");
    }
  }

  project.reuse = (prompt, images) => {
    edit.set(prompt);
    const [first] = images;
    if (first) frames.start = { id: first[0], title: first[1], url: project.media.get(first[0])?.url ?? "" };
    refresh();
  };
  refresh();
  return root;
}
