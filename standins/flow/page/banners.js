// What lies in a driver's way: the cookie bar, first-run and what's-new dialogs, a challenge for people only.
import { account, attr, boot, button, h, t } from "./dom.js";
import { dialog, leftover, open } from "./overlays.js";
import { rpc } from "./api.js";

const STORED = "glue.CookieNotificationBar";

export function cookieBar() {
  if (!boot.cookie_bar) return;
  const answer = (value) => () => {
    localStorage.setItem(STORED, JSON.stringify([{ category: "2A", value, date: new Date().toISOString() }]));
    dismiss();
  };
  const choice = boot.cookie_bar === "choice";
  const bar = h("div.glue-cookie-notification-bar#glue-cookie-notification-bar-1", { role: "region", "aria-label": t("Cookie notification") },
    h("p.glue-cookie-notification-bar__text", {}, t("This page keeps cookies to work, and would like to count visits.")),
    choice && h("button.glue-cookie-notification-bar__reject", { type: "button", onclick: answer(false) }, t("No thanks")),
    h("button.glue-cookie-notification-bar__accept", { type: "button", onclick: answer(true) }, t(choice ? "Agree" : "OK, got it")));
  const dismiss = () => {
    attr(bar, "aria-hidden", "true");
    bar.inert = true;
  };
  if (localStorage.getItem(STORED)) dismiss();
  document.body.append(bar);
}

const ODD = {
  terms: () => h("p", {}, t("We have changed our terms of service.")),
  price: () => h("p", {}, t("Your plan renews for $19.99.")),
  checkbox: () => h("label", {}, h("input", { type: "checkbox", checked: true }), t("Send me news")),
};

export function welcome() {
  if (boot.dialog_after) setTimeout(showDialogs, boot.dialog_after * 1000);
  else showDialogs();
  leftover();
}

function showDialogs() {
  if (boot.odd_dialog) {
    dialog(t("Please read"), ODD[boot.odd_dialog](),
      (close) => [button(".flow-button.variant-primary", { onclick: close }, t("Go on"))],
      { onclose: () => rpc("DA4VGb", ["consented", true]).catch(() => {}) });
  }
  if (boot.first_run && !account.seenFirstRun) {
    tell("Welcome", "Make videos from words and pictures.", "Get started", "seen_first_run", false);
    account.seenFirstRun = true;
  } else if (boot.changelog && !account.seenChangelog) {
    tell("What's new", "New models, and a calmer grid.", "Got it", "seen_changelog", true);
    account.seenChangelog = true;
  }
}

function tell(title, text, action, pref, closable) {
  dialog(t(title), h("p", {}, t(text)), (close) => [button(".flow-button.variant-primary", { onclick: close }, t(action))], {
    host: "flow-welcome-dialog", closable, onclose: () => rpc("DA4VGb", [pref, true]).catch(() => {}),
  });
}

// ? reCAPTCHA's challenge as a frame over the page, with the title that Google gives it. Only a person solves it.
export function captchaChallenge() {
  return new Promise((done) => {
    const frame = h("iframe", { title: "recaptcha challenge expires in two minutes", width: 300, height: 120, name: "c-stand-in" });
    frame.srcdoc = "<p>Stand-in of a captcha: for a person.</p><button onclick=\"parent.postMessage('solved','*')\">I am a person</button>";
    const overlay = open(h("div.captcha-challenge", {}, frame), { backdrop: "dark" });
    addEventListener("message", (event) => {
      if (event.data !== "solved") return;
      overlay.close();
      done();
    });
  });
}
