// The download submenu. A bigger size is made first, which takes a while; then the file is saved.
import { boot, h, t, wait } from "./dom.js";
import { RpcFailure, rpc } from "./api.js";
import { snack } from "./overlays.js";

export function downloadItems(media) {
  if (media.kind === "image") {
    return [
      { text: t("1K Original size"), act: () => save(media.url, `${media.title}.jpg`) },
      { text: t("2K Upscaled"), act: () => upscale(media, "2k") },
      { text: t("4K"), act: () => upscale(media, "4k") },
    ];
  }
  const ultra = boot.tier === "ULTRA" || boot.upscale_menu_open;
  return [
    { text: t("270p Animated GIF"), act: () => save(`${media.url}&download=gif`) },
    { text: t("720p Original size"), act: () => save(`${media.url}&download=720p`) },
    { text: t("1080p Upscaled"), act: () => upscale(media, "1080p") },
    { text: t("4K Upscaled"), act: () => upscale(media, "4k"), disabled: !ultra, note: ultra ? "" : t("Upgrade") },
  ];
}

export function save(address, name = "") {
  if (!boot.menu_downloads) return; // says nothing, as seen on the real page
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

async function upscale(media, resolution) {
  snack("Upscaling your media. This may take a while.");
  try {
    for (;;) {
      const [, ready, address] = await rpc(media.kind === "image" ? "SPrCad" : "p0UkFb", [media.id, resolution]);
      if (ready) return save(media.kind === "image" ? address : `${address}&download=${resolution}`);
      await wait(boot.poll_seconds);
    }
  } catch (fault) {
    if (!(fault instanceof RpcFailure)) throw fault;
    return snack("Upscaling failed.");
  }
}
