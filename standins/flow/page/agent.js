// Agent mode, which nobody who automates wants: a chat that generates by itself, and bills.
import { button, h, icon, t } from "./dom.js";

const AGENT_RPC = "vVHmge"; // ? made up: the real id is not known outside

export function agentPanel() {
  const stop = h("flow-stop-icon-button", {}, button(".stop-button", { "aria-label": t("Stop") }, icon("stop")));
  const lines = h("div.agent-lines");
  const close = button(".agent-close-button", { "aria-label": t("Close"), onclick: () => show(false) }, icon("close"));
  const host = h("flow-agent-panel", {}, h("div.agent-header", {}, t("Agent"), close), lines, stop);
  const show = (on) => { host.style.display = on ? "" : "none"; };
  show(false);
  return {
    host,
    start() {
      show(true);
      stop.style.display = "";
      lines.replaceChildren(h("p", {}, t("Working on it…")));
    },
    done() {
      stop.style.display = "none";
    },
  };
}

export function agentAsked(panel) {
  panel.start();
  return AGENT_RPC;
}
