// Generation B's picker: "Uploads", "Upload media" (a file input that is in the page), "Add to prompt".
import { boot, byPerson, h, t } from "../dom.js";
import { trpc, upload } from "./api.js";
import { popper, symbol } from "./radix.js";
import { project } from "./state.js";

let failures = boot.upload_failures;

export function picker(anchor, attach) {
  let chosen = null;
  const list = h("div.b-assets", { role: "listbox" });
  const input = h("input.b-hidden", { type: "file", accept: "image/*", onchange: () => send(input.files[0]) });
  const search = h("input", { type: "text", placeholder: t("Search for Assets"), oninput: look });
  const add = h("button.b-primary", { type: "button", "aria-disabled": "true", onclick: () => chosen && take(chosen) }, t("Add to prompt"));
  const box = h("div.b-picker", { role: "dialog", "data-state": "open" },
    h("div", { role: "tablist" }, h("button.b-tab", { type: "button", role: "tab", onclick: look }, symbol("drive_folder_upload", "⇪"), t("Uploads"))),
    search, h("button", { type: "button", onclick: byPerson(() => input.click()) }, symbol("upload", "⇪"), t("Upload media")), input, list, add);
  const overlay = popper(box, anchor);
  const wrapper = box.parentElement;
  wrapper.style.top = `${Math.max(8, anchor.getBoundingClientRect().top - wrapper.offsetHeight - 8)}px`;

  function take(asset) {
    overlay.close();
    attach(asset);
  }

  async function look() {
    const [assets] = await trpc("project.searchUserProjects", ["assets", search.value, project.id]);
    list.replaceChildren(...assets.map(([id, title, , url]) => h("button.b-asset", {
      type: "button", role: "option", onclick: byPerson((event) => {
        const asset = { id, title, url };
        if (!boot.add_to_prompt) return take(asset);
        chosen = asset;
        add.setAttribute("aria-disabled", "false");
        return event.currentTarget.setAttribute("aria-selected", "true");
      }),
    }, h("img", { src: url, alt: "", width: 36, height: 36 }), h("span", {}, title))));
  }

  async function send(file) {
    if (boot.upload_trouble === "silent" && failures-- > 0) return;
    const reader = new FileReader();
    await new Promise((done) => { reader.onload = done; reader.readAsDataURL(file); });
    const rawImageBytes = reader.result.slice(reader.result.indexOf(",") + 1);
    try {
      const { media } = await upload({ projectId: project.id, fileName: file.name, imageInput: { rawImageBytes } });
      project.add(media);
      look();
    } catch (fault) {
      list.replaceChildren(h("div", { role: "alert" }, t(fault.message)));
    }
  }

  search.focus();
  look();
  return overlay;
}
