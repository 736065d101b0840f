// The page behind a share link: what it shows, for whoever has it. No framework: it is loaded by guests, once.
import type { SharedTake, SharedView } from "@/api/types.gen";
import { guestStrings as strings } from "@/strings/share";
import "./share.css";

const [, , secret = ""] = location.pathname.split("/");
const base = `/api/shared/${encodeURIComponent(secret)}`;
const NAME = "rushes.guest";
const STARS = 5;
const GONE = 410;
const LOCKED = 401;
const WAIT = 429;
const room = document.getElementById("share") as HTMLElement;

type Parts = readonly (Node | string)[];

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  facts: Partial<HTMLElementTagNameMap[K]> = {},
  parts: Parts = [],
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), facts);
  made.append(...parts);
  return made;
}

function show(...parts: Parts): void {
  room.replaceChildren(...parts);
  room.setAttribute("aria-busy", "false");
}

function message(title: string, text: string): void {
  document.title = title;
  show(make("h1", { textContent: title }), make("p", { textContent: text }));
}

async function open(): Promise<void> {
  const answer = await fetch(base, { headers: { accept: "application/json" } });
  if (answer.status === GONE) message(strings.gone, strings.ask);
  else if (!answer.ok) message(strings.unknown, strings.ask);
  else draw((await answer.json()) as SharedView);
}

function draw(view: SharedView): void {
  if (view.locked) {
    askPassword();
    return;
  }
  document.title = view.name;
  const date = new Date(view.expires_at).toLocaleDateString(undefined, { dateStyle: "long" });
  show(
    make("h1", { textContent: view.name }),
    make("p", { className: "quiet", textContent: strings.until(date) }),
    view.takes.length > 0
      ? make(
          "ul",
          { className: view.takes.length === 1 ? "one" : "" },
          view.takes.map((each) => takeOf(view, each)),
        )
      : make("p", { textContent: strings.empty }),
  );
}

function takeOf(view: SharedView, take: SharedTake): HTMLElement {
  const called = take.number ? strings.take(take.number, take.take) : strings.film;
  const video = make("video", { controls: true, playsInline: true, preload: "none", src: take.url });
  video.setAttribute("aria-label", called);
  if (take.thumbnail_url) video.poster = take.thumbnail_url;
  else video.preload = "metadata";
  const line = make("div", { className: "row" }, [make("h2", { textContent: called })]);
  if (view.download) {
    const save = make("a", {
      className: "button",
      href: `${take.url}?download=true`,
      textContent: strings.save,
    });
    save.setAttribute("aria-label", `${strings.save}: ${called}`);
    line.append(save);
  }
  return make("li", {}, [video, line, ...(view.feedback ? [review(take, called)] : [])]);
}

function review(take: SharedTake, called: string): HTMLElement {
  const name = make("input", { required: true, maxLength: 100, value: localStorage.getItem(NAME) ?? "" });
  name.autocomplete = "name";
  const stars = make("select", {}, [
    make("option", { value: "0", textContent: strings.noStars }),
    ...Array.from({ length: STARS }, (_, at) =>
      make("option", { value: String(at + 1), textContent: strings.starsOf(at + 1) }),
    ),
  ]);
  const note = make("textarea", { maxLength: 2000, rows: 2 });
  const said = make("p", { className: "quiet" });
  said.setAttribute("role", "status");
  const form = make("form", {}, [
    make("label", {}, [strings.name, name]),
    make("label", {}, [strings.stars, stars]),
    make("label", {}, [strings.note, note]),
    make("button", { type: "submit", textContent: strings.send }),
    said,
  ]);
  form.setAttribute("aria-label", called);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    localStorage.setItem(NAME, name.value);
    const body = { guest: name.value, stars: Number(stars.value), note: note.value };
    void send("PUT", `${base}/${take.id}/review`, body).then(async (answer) => {
      said.textContent = answer.ok ? strings.sent : await detailOf(answer);
      said.className = answer.ok ? "quiet" : "bad";
    });
  });
  return form;
}

function askPassword(): void {
  document.title = strings.locked;
  const password = make("input", { type: "password", required: true, autocomplete: "off" });
  const said = make("p", { className: "bad" });
  said.setAttribute("role", "alert");
  const form = make("form", { className: "card" }, [
    make("label", {}, [strings.password, password]),
    make("button", { type: "submit", textContent: strings.open }),
    said,
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send("POST", `${base}/unlock`, { password: password.value }).then(async (answer) => {
      if (answer.ok) await open();
      else if (answer.status === WAIT) said.textContent = strings.wait;
      else said.textContent = answer.status === LOCKED ? strings.wrong : await detailOf(answer);
    });
  });
  show(make("h1", { textContent: strings.locked }), form);
  password.focus();
}

function send(method: string, path: string, body: object): Promise<Response> {
  return fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function detailOf(answer: Response): Promise<string> {
  const told: unknown = await answer.json().catch(() => null);
  return typeof told === "object" && told !== null && "detail" in told ? String(told.detail) : strings.failed;
}

show(make("p", { textContent: strings.loading }));
open().catch(() => message(strings.title, strings.failed));
