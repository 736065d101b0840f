// Uploading: a file chooser only (there is no input in the page), the consent before the first one, and trouble.
import { account, boot, button, h, t } from "./dom.js";
import { RpcFailure, rpc } from "./api.js";
import { dialog, snack } from "./overlays.js";
import { project } from "./state.js";

let silent = boot.upload_trouble === "silent" ? boot.upload_failures : 0;
const ENDED = "flow-stand-in.reloads";

export function chooseFile(onuploaded = () => {}) {
  if (boot.upload_consent && !account.consented) consent(() => chooseFile(onuploaded));
  else ask(onuploaded);
}

function ask(onuploaded) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*";
  input.addEventListener("change", () => input.files[0] && send(input.files[0], onuploaded));
  input.click();
}

function consent(then) {
  dialog(t("Before you upload"),
    h("p", {}, t("Only upload media that you have the rights to use. You are responsible for what you upload.")),
    (close) => [
      h("div.cancel-actions-group", {}, button(".flow-button", { onclick: close }, t("Cancel"))),
      h("div.agree-actions-group", {}, button(".flow-button.variant-primary", {
        onclick: () => {
          account.consented = true;
          rpc("DA4VGb", ["consented", true]);
          close();
          then();
        },
      }, t("I agree"))),
    ], { host: "flow-upload-consent-dialog" });
}

async function send(file, onuploaded) {
  if (silent > 0 || account.credits === 0) {
    silent -= 1; // never sent, and nothing says so
    return;
  }
  const count = Number(sessionStorage.getItem(ENDED) ?? 0);
  if (boot.upload_trouble === "reload" && count < boot.upload_failures) {
    sessionStorage.setItem(ENDED, String(count + 1));
    location.reload();
    return;
  }
  try {
    const [, record] = await rpc("maseQ", [project.id, file.name, await base64(file)]);
    project.add([record]);
    onuploaded();
  } catch (fault) {
    snack(fault instanceof RpcFailure && fault.text ? fault.text : "Upload failed. Please try again.");
  }
}

function base64(file) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });
}
