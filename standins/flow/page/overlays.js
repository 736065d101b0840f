// What lies over the page, as Angular's CDK does it: panes, menus with submenus, dialogs, snack bars.
import { boot, byPerson, button, cls, h, icon, t, unique } from "./dom.js";

const container = h("div.cdk-overlay-container");
const stack = [];

export function startOverlays() {
  document.body.append(container);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && stack.length) {
      event.preventDefault();
      stack.at(-1).close();
    }
  });
}

// Shows `content` near `anchor`, or in the middle. Escape closes what is on top; so does a click on its backdrop.
export function open(content, { anchor = null, backdrop = "", pane: extra = "", onclose = () => {} } = {}) {
  const parts = [];
  const overlay = {
    close() {
      if (!stack.includes(overlay)) return;
      stack.splice(stack.indexOf(overlay), 1);
      for (const part of parts) part.remove();
      onclose();
    },
  };
  if (backdrop) {
    parts.push(h(`div.cdk-overlay-backdrop.cdk-overlay-${backdrop}-backdrop.cdk-overlay-backdrop-showing`, {
      onclick: () => overlay.close(),
    }));
  }
  overlay.pane = h(`div.cdk-overlay-pane${extra}`, { id: unique("cdk-overlay") }, content);
  const box = anchor
    ? h("div.cdk-overlay-connected-position-bounding-box", {}, overlay.pane)
    : h("div.cdk-global-overlay-wrapper", {}, overlay.pane);
  parts.push(box);
  container.append(...parts);
  stack.push(overlay);
  overlay.place = () => anchor && place(overlay.pane, anchor);
  overlay.place();
  return overlay;
}

function place(pane, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = pane;
  const above = at.top > innerHeight / 2;
  pane.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  pane.style.top = `${Math.max(8, above ? at.top - height - 8 : Math.min(at.bottom + 4, innerHeight - height - 8))}px`;
}

function placeBeside(pane, anchor) {
  const at = anchor.getBoundingClientRect();
  const right = at.right + pane.offsetWidth < innerWidth;
  pane.style.left = `${right ? at.right - 2 : at.left - pane.offsetWidth + 2}px`;
  pane.style.top = `${Math.min(at.top, innerHeight - pane.offsetHeight - 8)}px`;
}

// items: { icon, text, act, items (a submenu), note, disabled, plain (the other markup) }
export function menu(anchor, items, { extra = "", backdrop = "transparent", onclose = () => {} } = {}) {
  const panel = h(`div.mat-mdc-menu-panel.flow-menu-panel${extra}`, { role: "menu", id: unique("mat-menu-panel") });
  const overlay = open(panel, { anchor, backdrop, onclose: () => { sub?.close(); onclose(); } });
  let sub = null;
  for (const item of items) {
    const row = button(`.mat-mdc-menu-item${item.plain ? ".flow-internal-menu-item" : ""}`, {
      "mat-menu-item": true, role: "menuitem", tabindex: "0",
      "aria-haspopup": item.items ? "menu" : null, disabled: item.disabled ? "true" : null,
      onclick: byPerson(() => {
        if (item.items || item.disabled) return;
        if (!item.keep) overlay.close();
        item.act();
      }),
      onpointerenter: () => {
        sub?.close();
        sub = null;
        if (!item.items) return;
        sub = menu(row, item.items.map((each) => ({ ...each, act: () => { overlay.close(); each.act(); } })), { backdrop: "" });
        placeBeside(sub.pane, row);
      },
    }, item.icon && icon(item.icon), h("span.label", {}, item.text), item.note && h("span.note", {}, item.note), item.items && icon("arrow_right"));
    panel.append(item.plain ? row : h("flow-menu-item", {}, row));
  }
  overlay.place();
  return overlay;
}

export function dialog(title, body, actions, { host = "div", closable = false, onclose } = {}) {
  const overlay = open(
    h("mat-dialog-container.mat-mdc-dialog-container", { role: "dialog", "aria-modal": "true", tabindex: "-1" },
      h(host, {},
        h("h2.mat-mdc-dialog-title", { "mat-dialog-title": true }, title,
          closable && button(".close-button", { "aria-label": t("Close"), onclick: () => overlay.close() }, icon("close"))),
        h("mat-dialog-content.mat-mdc-dialog-content", {}, body),
        h("mat-dialog-actions.mat-mdc-dialog-actions", {}, actions(() => overlay.close())))),
    { backdrop: "dark", pane: ".mat-mdc-dialog-panel", onclose },
  );
  return overlay;
}

export function snack(text) {
  const bar = h("mat-snack-bar-container.mat-mdc-snack-bar-container", {},
    h("div.mat-mdc-snack-bar-label", { role: "status", "aria-live": "polite" }, t(text)));
  container.append(bar);
  setTimeout(() => bar.remove(), 6000);
}

// A backdrop that some earlier dialog has left behind: it swallows clicks until Escape.
export function leftover() {
  if (boot.leftover_overlay) {
    const overlay = open(h("div"), { backdrop: "transparent" });
    cls(overlay.pane, "leftover", true);
  }
}
