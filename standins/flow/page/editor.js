// The prompt's editor, which behaves as ProseMirror does for a driver: paragraphs of lines, Enter submits,
// a typed "@" opens the picker and takes the keystrokes that follow.
import { attr, h, t } from "./dom.js";

export function editor({ onchange, onsubmit, onmention }) {
  const area = h("div.ProseMirror", { contenteditable: "true", translate: "no", role: "textbox", "aria-multiline": "true" });
  const placeholder = h("span.prosemirror-placeholder", {}, t("What do you want to create?"));
  const host = h("flow-rich-text-editor.prompt-input", {}, placeholder, h("div.prosemirror-editor", {}, area));

  function lines() {
    const found = [""];
    const walk = (node) => {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) {
          const [first, ...more] = child.data.replaceAll("\u00a0", " ").split("\n");
          found[found.length - 1] += first;
          found.push(...more);
        } else if (child.nodeName === "BR") {
          if (child.nextSibling) found.push("");
        } else {
          if (child.previousSibling) found.push("");
          walk(child);
        }
      }
    };
    walk(area);
    return found;
  }

  const text = () => lines().join("\n");

  function render(wanted) {
    area.replaceChildren(...wanted.map((line) => h("p", {}, line || h("br.ProseMirror-trailingBreak"))));
  }

  function settle() {
    const wanted = lines();
    const plain = area.childNodes.length === wanted.length
      && [...area.childNodes].every((p, index) => p.nodeName === "P" && p.textContent === wanted[index]);
    if (!plain) {
      render(wanted);
      const range = document.createRange();
      range.selectNodeContents(area.lastChild);
      range.collapse(false);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
    changed();
  }

  function changed() {
    const empty = text() === "";
    placeholder.style.display = empty ? "" : "none";
    attr(area, "data-empty", empty ? "true" : null);
    onchange(text());
  }

  area.addEventListener("input", settle);
  area.addEventListener("beforeinput", (event) => {
    if (event.inputType === "insertText" && event.data === "@") {
      event.preventDefault();
      onmention();
    }
  });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (event.shiftKey) document.execCommand("insertText", false, "\n");
    else onsubmit(event);
  });
  host.addEventListener("mousedown", (event) => {
    if (!area.contains(event.target)) setTimeout(() => area.focus());
  });

  render([""]);
  return {
    host,
    text,
    set(value) {
      render(value.split("\n"));
      changed();
    },
    focus: () => area.focus(),
  };
}
