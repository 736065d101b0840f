// Which page an address shows.
import { account, boot, h } from "./dom.js";
import { cookieBar } from "./banners.js";
import { showAbout, showHome } from "./home.js";
import { showProject, showViewer } from "./project.js";
import { showSignIn } from "./signin.js";
import { startOverlays } from "./overlays.js";

async function show() {
  const [, first, id, third, fourth] = location.pathname.split("/");
  startOverlays();
  if (first === "v3") return showSignIn();
  if (first === "about" || !account) return showAbout();
  cookieBar();
  recaptchaField();
  if (boot.never_idle) listen();
  if (first !== "project") return showHome();
  return third === "edit" ? showViewer(id, fourth) : showProject(id);
}

// The only textarea of the real page: hidden, and not the prompt.
function recaptchaField() {
  const field = h("textarea.g-recaptcha-response#g-recaptcha-response-100000", { name: "g-recaptcha-response" });
  document.body.append(h("div.grecaptcha-badge", {}, field));
}

// Some request is always open: the network is never idle.
async function listen() {
  for (;;) {
    try {
      await fetch("/_/listen");
    } catch {
      return;
    }
  }
}

show();
