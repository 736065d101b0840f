// Stand-ins of the sign-in pages: neutral, with the words by which they are recognised.
import { boot, h, t } from "./dom.js";

const wrong = new URLSearchParams(location.search).has("wrong");

function card(title, text, ...content) {
  document.title = title;
  document.body.append(h("div.signin-page", {}, h("div.signin-card", {},
    h("h1#headingText", {}, h("span", {}, t(title))), text && h("p#headingSubtext", {}, t(text)), content,
    h("p.signin-note", {}, "A stand-in: any address and password will do, except \"wrong\"; any six digits, except 000000."))));
}

function form(...content) {
  return h("form", { method: "post", action: location.pathname }, content);
}

const next = (id) => h("button.signin-next", { type: "submit", id }, t("Next"));
const trouble = (text) => wrong && h("div.signin-error", { "aria-live": "assertive" }, t(text));

const PAGES = {
  "/v3/signin/identifier"() {
    card("Sign in", "Use your Google Account", form(
      h("input#identifierId", { type: "email", name: "identifier", autocomplete: "username", "aria-label": t("Email or phone"), autofocus: true }),
      trouble("Enter a valid email or phone number"), next("identifierNext")));
  },
  "/v3/signin/confirmidentifier"() {
    card("Confirm it's you", "To help keep your account safe, Google wants to make sure it's really you trying to sign in", form(
      h("div.signin-chip", { "data-identifier": boot.email }, boot.email),
      h("input", { type: "hidden", name: "identifier", value: boot.email }), next("identifierNext")));
  },
  "/v3/signin/accountchooser"() {
    const rows = [boot.email, "grace@example.com"].map((email) => h("li", {}, h("button.signin-row", {
      type: "submit", name: "identifier", value: email, "data-identifier": email, "data-email": email,
    }, email)));
    card("Choose an account", "to continue to Flow", form(h("ul", {}, rows)));
  },
  "/v3/signin/rejected"() {
    card("Couldn't sign you in", "This browser or app may not be secure.",
      h("p", {}, t("Try using a different browser. If you're already using a supported browser, you can try again to sign in.")));
  },
  "/v3/signin/challenge/pwd"() {
    card("Welcome", boot.email, form(
      h("input", { type: "password", name: "Passwd", autocomplete: "current-password", "aria-label": t("Enter your password"), autofocus: true }),
      trouble("Wrong password. Try again or click Forgot password to reset it."), next("passwordNext")));
  },
  "/v3/signin/challenge/totp"() {
    card("2-Step Verification", "Get a verification code from the Google Authenticator app", form(
      h("input#totpPin", { type: "tel", name: "code", autocomplete: "one-time-code", "aria-label": t("Enter code"), autofocus: true }),
      trouble("Wrong code. Try again."), next("totpNext")));
  },
  "/v3/signin/challenge/recaptcha"() {
    card("Verify it's you", "Confirm you're not a robot", form(
      h("iframe", { title: "reCAPTCHA", name: "a-stand-in", width: 300, height: 70, srcdoc: "<p>Stand-in of a captcha</p>" }),
      h("textarea.g-recaptcha-response#g-recaptcha-response", { name: "g-recaptcha-response", hidden: true }),
      h("label", {}, h("input", { type: "checkbox", required: true }), " ", t("I'm not a robot")), next("recaptchaNext")));
  },
};

export function showSignIn() {
  (PAGES[location.pathname] ?? PAGES["/v3/signin/identifier"])();
}
