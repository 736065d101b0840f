// What the open project holds, kept up to date by polling, and who is told when it changes.
import { boot, wait } from "./dom.js";
import { RpcFailure, readRecord, rpc } from "./api.js";

let refused = 0;

export const project = {
  id: "",
  title: "",
  note: "",
  credits: null,
  media: new Map(),
  order: [], // newest first
  listeners: new Set(),
  onCredits() {},

  changed() {
    for (const tell of this.listeners) tell();
  },

  async load(id) {
    this.id = id;
    const [[, title, note], records] = await rpc("Zzl0ze", [id]);
    this.title = title;
    this.note = note ?? "";
    this.order = [];
    for (const record of records) this.order.push(this.take(record).id);
    this.changed();
    this.watch();
    this.loadCredits();
  },

  async loadCredits() {
    [this.credits] = await rpc("nzlxg", []);
    this.onCredits();
  },

  take(record, prompt) {
    const read = readRecord(record);
    const known = this.media.get(read.id) ?? {};
    const failed = read.status === "complaint" && read.complaint !== "Media not found.";
    // "4" with a complaint may still finish: go on looking.
    const phase = failed ? "failed" : read.status === "complaint" ? (known.phase ?? "running") : read.status;
    const media = { ...known, ...read, phase, prompt: read.prompt ?? known.prompt ?? prompt ?? "" };
    if (phase === "done" && media.made && !media.url) media.phase = "blank";
    this.media.set(media.id, media);
    return media;
  },

  add(records, prompt) {
    for (const record of records) {
      const media = this.take(record, prompt);
      if (!this.order.includes(media.id)) this.order.unshift(media.id);
    }
    this.changed();
    this.watch();
  },

  addRefused(prompt, text) {
    const id = `refused-${refused++}`;
    this.media.set(id, { id, kind: "video", phase: "failed", complaint: text, prompt, images: [], title: "", made: true });
    this.order.unshift(id);
    this.changed();
  },

  remove(id) {
    this.order = this.order.filter((each) => each !== id);
    this.media.delete(id);
    this.changed();
  },

  pending() {
    return this.order.filter((id) => ["queued", "running", "blank"].includes(this.media.get(id).phase));
  },

  async watch() {
    if (this.watching) return;
    this.watching = true;
    try {
      while (this.pending().length) {
        await wait(boot.poll_seconds);
        await this.look();
      }
    } finally {
      this.watching = false;
    }
  },

  async look() {
    try {
      const running = this.pending().filter((id) => this.media.get(id).phase !== "blank");
      if (running.length) {
        const [, credits, records] = await rpc("jwpduf", [null, null, running.map((id) => [id])]);
        for (const record of records) this.take(record);
        if (credits !== null) this.credits = credits;
        this.onCredits();
      }
      for (const id of this.pending().filter((each) => this.media.get(each).phase === "blank")) this.finish(id);
      this.changed();
    } catch (fault) {
      if (!(fault instanceof RpcFailure) && !(fault instanceof TypeError)) throw fault;
      if (fault.code === 16) await wait(boot.poll_seconds * 5);
    }
  },

  // The percentage is gone, the picture is not there yet.
  async finish(id) {
    const media = this.media.get(id);
    if (media.finishing) return;
    media.finishing = true;
    await wait(boot.blank_seconds);
    for (;;) {
      try {
        const [record] = await rpc("as29s", [id]);
        this.take(record);
        break;
      } catch (fault) {
        if (fault.code !== 5) break;
        await wait(Math.min(boot.poll_seconds, 0.5));
      }
    }
    const now = this.media.get(id);
    if (now) now.finishing = false;
    this.changed();
  },
};
