// Generation B's grid: each finished tile has its <video> at once, by an address that redirects to the file.
import { byPerson, h, t, wait } from "../dom.js";
import { rest, trpc } from "./api.js";
import { menu, symbol } from "./radix.js";
import { project } from "./state.js";

const GONE = "/fx/api/trpc/media.getMediaUrlRedirect?name=";

export function grid() {
  const box = h("div.b-grid");
  const drawn = new Map();
  project.listeners.add(() => {
    const wanted = project.order.map((id) => {
      const media = project.media.get(id);
      const key = `${media.phase}|${media.percent}|${media.complaint}`;
      if (drawn.get(id)?.key !== key || media.phase === "running") drawn.set(id, { key, el: tile(media) });
      return drawn.get(id).el;
    });
    box.replaceChildren(...wanted);
  });
  return box;
}

function tile(media) {
  if (media.phase === "failed") {
    return h("div.b-tile.b-failed", {}, symbol("warning", "⚠"), h("div", {}, t("Failed")), h("div", {}, t(media.complaint)),
      h("div", {}, t("You have not been charged for this generation.")),
      h("button", { type: "button", onclick: () => reuse(media) }, symbol("undo", "↶"), t("Reuse prompt")));
  }
  if (media.phase !== "done") {
    const shown = media.phase === "queued" ? t("Queued") : `${media.percent}%`;
    return h("div.b-tile", {}, h("div", { role: "progressbar", "aria-valuenow": media.percent }, shown), h("div", {}, media.prompt));
  }
  const more = h("button.b-more", { type: "button", "aria-haspopup": "menu", onclick: byPerson(() => moreMenu(media, more)) },
    symbol("more_vert", "⋮"), h("span.b-hidden", {}, t("More")));
  const content = media.kind === "image"
    ? h("img", { src: media.url, alt: media.title })
    : h("video", { src: GONE + media.id, loop: true, playsinline: true, preload: "metadata" });
  return h("div.b-tile", {}, content, h("div.b-hot", {},
    media.kind === "video" && h("button", { type: "button", onclick: () => reuse(media) }, symbol("redo", "↷"), h("span.b-hidden", {}, t("Reuse prompt"))), more),
  h("div.b-name", {}, symbol(media.kind === "image" ? "image" : "play_circle", "▶"), media.title));
}

async function reuse(media) {
  if (media.id.startsWith("refused")) return project.reuse(media.prompt, []);
  const [prompt, images] = await trpc("media.reusePrompt", [media.id]);
  return project.reuse(prompt, images);
}

function moreMenu(media, anchor) {
  const save = (resolution) => {
    const link = h("a", { href: `${media.url}&download=${resolution}`, download: "" });
    document.body.append(link);
    link.click();
    link.remove();
  };
  menu(anchor, [
    { symbol: "download", glyph: "⤓", text: t("Download"), items: [
      { text: t("Animated GIF (270p)"), act: () => save("gif") },
      { text: t("Original size (720p)"), act: () => save("720p") },
      { text: t("Upscaled (1080p)"), act: () => upscale(media, save) },
    ] },
    { symbol: "delete", glyph: "⌫", text: t("Delete"), act: () => project.remove(media.id) },
  ]);
}

async function upscale(media, save) {
  for (;;) {
    const { ready } = await rest("batchAsyncGenerateVideoUpsampleVideo", { args: [media.id, "1080p"] });
    if (ready) return save("1080p");
    await wait(0.3);
  }
}
