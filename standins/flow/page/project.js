// A project: header, navigation, grid and composer; and the viewer of one of its videos.
import { boot, button, h, icon, t } from "./dom.js";
import { composer } from "./composer.js";
import { downloadItems } from "./download.js";
import { grid } from "./grid.js";
import { header, navigation } from "./header.js";
import { menu, snack } from "./overlays.js";
import { whenSessionEnds } from "./api.js";
import { project } from "./state.js";
import { welcome } from "./banners.js";

export async function showProject(id) {
  project.id = id;
  whenSessionEnds(() => snack("You've been signed out. Please sign in again."));
  const note = h("div.project-note", { role: "status" });
  project.listeners.add(() => { note.textContent = project.note; });
  document.body.append(h("flow-app", {}, h("flow-project-page", {}, header(), h("div.project-columns", {},
    navigation(), h("main.project-main", {}, note, grid(), composer())))));
  welcome();
  await project.load(id);
}

export async function showViewer(id, mediaId) {
  await project.load(id);
  const media = project.media.get(mediaId);
  document.title = `Google Flow - ${project.title}`;
  const press = button(".download-button", { "aria-label": t("Download"), onclick: () => menu(press, downloadItems(media)) }, icon("download"));
  document.body.append(h("flow-app", {}, h("flow-viewer", {},
    h("div.header-base", {}, button(".back-button", { "aria-label": t("Back"), onclick: () => location.assign(`/project/${id}`) }, icon("arrow_back")),
      h("span.viewer-title", {}, media.title), h("span.spacer"), press),
    media.kind === "image"
      ? h("img.viewer-media", { src: media.url, alt: media.title })
      : h("video.viewer-media", { src: media.url, controls: true, autoplay: true, muted: true, loop: true }))));
  document.documentElement.lang = boot.language;
}
