// The composer: prompt, chips, agent chip, settings trigger, submit or the credits warning.
import { account, attr, boot, button, byPerson, cls, h, icon, t } from "./dom.js";
import { RpcFailure, captchaToken, rpc } from "./api.js";
import { agentAsked, agentPanel } from "./agent.js";
import { captchaChallenge } from "./banners.js";
import { editor } from "./editor.js";
import { ingredients } from "./ingredients.js";
import { loadModels, prefs, price, settingsPopover, summary, wireSettings } from "./settings.js";
import { menu } from "./overlays.js";
import { openPicker } from "./picker.js";
import { project } from "./state.js";

export function composer() {
  let enabled = false;
  let timer = null;
  const agent = { on: boot.agent_only || account.agentOn };

  const edit = editor({ onchange: textChanged, onsubmit: byPerson(submit), onmention: () => pick("ingredient", edit.host) });
  const bar = ingredients({ onchange: refresh, pick });
  const clear = button(".clear-button", { "aria-label": t("Clear prompt"), onclick: clearAll }, icon("close"));
  const topRight = h("div.top-right-actions");
  const settingsTrigger = button(".settings-trigger-button", { "aria-label": t("Settings trigger") });
  const toggleSettings = settingsPopover(settingsTrigger, (what) => {
    if (what === "type" || what === "mode") bar.reset();
    refresh();
  });
  settingsTrigger.addEventListener("click", byPerson(toggleSettings));
  const chip = button(".agent-mode-chip", { onclick: () => setAgent(!agent.on) }, icon("spark"),
    h("span.agent-mode-chip-label", {}, t("Agent")));
  const send = button(".generate-icon-button", { type: "submit", "aria-label": t("Start generation"), onclick: byPerson(submit) },
    icon("arrow_forward"));
  const warning = button(".prompt-warning-button", { "aria-label": t("Insufficient credits warning") }, icon("info"));
  const sendHost = h("flow-generate-icon-button", {}, send);
  const submits = h("div.submit-controls", {}, settingsTrigger, sendHost);
  const panel = agentPanel();
  const addTrigger = addMenu();

  const root = h("flow-prompt-box.prompt-box-container", {},
    boot.high_demand_banner && h("div.info-banner", { role: "status" }, icon("info"),
      t("Flow is experiencing high demand. Generations may take longer than usual.")),
    h("flow-prompt-box-instruction-card-wrapper", {},
      h("div.wrapper-container", {},
        h("div.prompt-box-content", {},
          h("flow-base-prompt-box", {},
            h("div.base-prompt-box", {}, bar.host, edit.host, topRight,
              h("div.bottom-controls", {}, addTrigger,
                !boot.agent_only && h("flow-agent-mode-toggle-chip", {}, chip), submits)))))), panel.host);

  function addMenu() {
    const trigger = button(".add-menu-trigger", {
      "aria-haspopup": "true", "aria-expanded": "false", "aria-label": t("Add ingredients to the prompt box"),
      onclick: byPerson(() => {
        const opened = openPicker("ingredient", trigger, (asset) => bar.bind(asset), () => expand(false));
        if (opened) expand(true);
      }),
    }, icon("add"));
    function expand(on) {
      attr(trigger, "aria-expanded", String(on));
      cls(trigger, "add-menu-trigger-active", on);
      trigger.replaceChildren(icon(on ? "close" : "add"));
    }
    return h("flow-add-menu", {}, h("div.add-menu-container", {}, trigger));
  }

  function pick(slot, anchor) {
    openPicker(slot, anchor, (asset) => bar.bind(asset, slot));
  }

  function textChanged(text) {
    clearTimeout(timer);
    const wanted = text.trim() !== "";
    if (wanted === enabled) return;
    timer = setTimeout(() => { enabled = wanted; refresh(); }, wanted ? boot.submit_enable_seconds * 1000 : 0);
  }

  function refresh() {
    settingsTrigger.replaceChildren(h("span.mdc-button__label", {}, summary()));
    attr(settingsTrigger, "hidden", agent.on ? "" : null);
    attr(chip, "aria-pressed", String(agent.on));
    bar.host.style.display = prefs.mode === "video" && !agent.on ? "" : "none";
    attr(send, "disabled", enabled ? null : "true");
    cls(send, "mat-mdc-button-disabled", !enabled);
    topRight.replaceChildren(...(bar.bound().length ? [clear] : []));
    const poor = project.credits !== null && project.credits < price() && !agent.on;
    if (poor !== (submits.lastChild === warning)) submits.lastChild.replaceWith(poor ? warning : sendHost);
  }

  function setAgent(on) {
    agent.on = on;
    rpc("DA4VGb", ["agent_toggle_state", on]).catch(() => {});
    refresh();
  }

  function clearAll() {
    edit.set("");
    bar.reset();
    refresh();
  }

  function call(text) {
    if (agent.on) return [agentAsked(panel), []];
    if (prefs.mode === "image") return ["ogiZ0b", bar.bound().map((each) => each.id)];
    const { start, end, all } = bar.slots();
    if (prefs.type === "ingredients") return all.length ? ["MZZa6b", all.map((each) => each.id)] : ["YhhmEf", []];
    if (start && end) return ["nprQif", [start.id, end.id]];
    // An empty slot makes a video from the text alone, without a word, and bills it. As the real page does.
    return start ? ["eb1hJf", [start.id]] : ["YhhmEf", []];
  }

  async function submit() {
    const text = edit.text().trim();
    if (!enabled || !text || submits.lastChild === warning) return;
    if (boot.captcha_at_submit) await captchaChallenge();
    const [id, images] = call(text);
    if (account.clearPrompt) clearAll();
    try {
      const token = await captchaToken();
      const [, credits, , records] = await rpc(id, [project.id, text, wireSettings(), images, token]);
      project.credits = credits;
      project.add(records, text);
    } catch (fault) {
      // A refusal has a card of its own in the grid, until the page is loaded anew.
      if (!(fault instanceof RpcFailure)) project.addRefused(text, "Oops, something went wrong!");
      else if (fault.code !== 16) project.addRefused(text, fault.text || "Oops, something went wrong!");
    } finally {
      panel.done();
      refresh();
    }
  }

  project.onCredits = refresh;
  project.reuse = (prompt, images) => {
    bar.reset();
    edit.set(prompt);
    for (const [assetId, title] of images) {
      const image = project.media.get(assetId);
      bar.bind({ id: assetId, title, url: image?.url ?? "" });
    }
    refresh();
  };
  project.attach = (asset) => bar.bind(asset);
  loadModels().then(refresh);
  refresh();
  return root;
}
