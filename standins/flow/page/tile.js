// One tile: pending (queued, percentage, blank), done, or failed; its hot bar and its menus.
import { boot, button, byPerson, h, icon, t } from "./dom.js";
import { rpc } from "./api.js";
import { downloadItems } from "./download.js";
import { menu } from "./overlays.js";
import { project } from "./state.js";

const REUSE_RPC = "rEuPmt"; // ? made up: how the real page gets a prompt back is not known

export function tile(media) {
  if (media.phase === "failed") return { host: box(h(media.kind === "image" ? "flow-image-tile" : "flow-video-tile", {}, failed(media))) };
  if (media.phase !== "done") return pending(media);
  return { host: done(media) };
}

const box = (...content) => h("flow-tile-container", {}, ...content);

// ? The markup of a pending tile is known from drivers' selectors only.
function pending(media) {
  const state = h("div.header");
  const host = box(h("flow-pending-tile", {}, h("flow-soupy-overlay"), state));
  let shown = "";
  return {
    host,
    update(now) {
      const percent = now.phase === "running" ? (now.percent ?? 1) : "";
      if (shown === `${now.phase}${percent}`) return;
      shown = `${now.phase}${percent}`;
      const label = {
        queued: () => [h("div.header-leading.queued", {}, t("Queued")), media.prompt],
        running: () => [h("div.header-leading", {}, h("div.loading-percentage", {}, `${percent}%`)), " ", media.prompt],
        blank: () => [],
      }[now.phase];
      state.replaceChildren(...label());
    },
  };
}

function failed(media) {
  return h("div.container", {}, h("flow-error-tile", {}, h("div.error-tile", {},
    h("div.error-tile-content", {}, h("div.error-message", {},
      icon("warning", ".error-icon"), h("div.error-title", {}, t("Failed")),
      h("div.error-subtitle", {}, h("span.error-message-text", {}, t(media.complaint)), " ",
        h("span.disclaimer-message", {}, t("You have not been charged for this generation."))))),
    h("div.buttons-container", {},
      !media.byAgent && button(".error-button", { "aria-label": t("Retry"), onclick: () => retry(media) }, icon("refresh")),
      !media.byAgent && button(".error-button", { "aria-label": t("Reuse prompt"), onclick: () => reuse(media) }, icon("undo")),
      button(".error-button", { "aria-label": t("Delete"), onclick: () => remove(media) }, icon("delete_forever"))))));
}

async function remove(media) {
  project.remove(media.id);
  if (!media.id.startsWith("refused")) await rpc("yHtTrc", [media.id]);
}

async function reuse(media) {
  if (media.id.startsWith("refused")) return project.reuse(media.prompt, []);
  const [prompt, images] = await rpc(REUSE_RPC, [media.id]);
  return project.reuse(prompt, images);
}

async function retry(media) {
  await reuse(media);
  await project.submit();
}

function done(media) {
  const image = media.kind === "image";
  const thumbnail = image
    ? h("img.thumbnail", { src: media.url, alt: media.title, "data-media-id": media.id })
    : h("img.thumbnail", { src: media.poster, alt: t("Generated video thumbnail") });
  const frame = h("div.container", {}, thumbnail, h("div.hover-overlay.hover-overlay-has-progress-bar"));
  const more = button("", {
    flowhotbarbutton: true, "aria-label": t("More options"), "aria-haspopup": "menu",
    onclick: byPerson((event) => { event.stopPropagation(); moreMenu(media, more); }),
  }, icon("more_vert"));
  const hotbar = h("flow-hotbar-container", {}, h("div.hotbar-inner", {},
    button("", { flowhotbarbutton: true, "aria-label": t("Favorite") }, icon("favorite")),
    media.made && button("", { flowhotbarbutton: true, "aria-label": t("Reuse prompt"),
      onclick: (event) => { event.stopPropagation(); reuse(media); } }, icon("redo")),
    more));
  const footer = h("div.footer", {}, h("div.footer-left", { role: "button" }, icon(image ? "image" : "play_circle"), cut(media.title)));
  const host = box(h(image ? "flow-image-tile" : "flow-video-tile", {}, frame, hotbar, footer));
  let video = null;
  host.addEventListener("mouseenter", () => {
    if (image || !boot.hover_video || video) return;
    video = h("video", { src: media.url, loop: true, playsinline: true });
    video.muted = true;
    frame.append(video);
    video.play().catch(() => {});
  });
  host.addEventListener("mouseleave", () => {
    video?.remove();
    video = null;
  });
  host.addEventListener("contextmenu", (event) => { event.preventDefault(); moreMenu(media, more); });
  frame.addEventListener("click", () => location.assign(`/project/${project.id}/edit/${media.id}`));
  return host;
}

// Long names end in "…".
const cut = (title) => (title.length > 28 ? `${title.slice(0, 27)}…` : title);

function moreMenu(media, anchor) {
  menu(anchor, [
    { icon: "download", text: t("Download"), items: downloadItems(media) },
    ...(media.kind === "image" ? [{ icon: "play_movies", text: t("Animate"), act: () => project.attach(media) }] : []),
    { icon: "add", text: t("Add to prompt"), act: () => project.attach(media) },
    { icon: "edit", text: t("Rename"), act() {} },
    { icon: "delete", text: t("Delete"), act: () => remove(media) },
  ]);
}
